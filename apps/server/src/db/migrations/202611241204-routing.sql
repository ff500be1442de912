-- Routing: rules that send settled studies on, the history of every send, and pulls from other archives.
-- Same rules as the first migration. Every table here is written by the module routing.
CREATE TABLE routing_rule (
  id               bigint PRIMARY KEY,
  name             text NOT NULL,
  node_id          bigint NOT NULL REFERENCES node (id),
  enabled          boolean NOT NULL DEFAULT true,
  priority         integer NOT NULL DEFAULT 0,   -- of its sends in the queue, higher first
  modalities       text,                         -- space separated; null: every modality
  source_ae_titles text,                         -- backslash separated, as AE titles may hold spaces; null: any
  institution_id   bigint REFERENCES institution (id),
  department_id    bigint REFERENCES department (id),
  sop_class_uids   text,                         -- space separated: only these objects are sent; null: all
  from_minute      integer,                      -- of the day on which the study settles; null: all day
  to_minute        integer,                      -- not included; smaller than from_minute: past midnight
  wants_commitment boolean NOT NULL DEFAULT false,
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL
);

-- One row per study and node: asked again, it is the same row. `selection` null: the whole study.
CREATE TABLE routing_send (
  id               bigint PRIMARY KEY,
  study_id         bigint NOT NULL REFERENCES study (id),
  study_instance_uid text NOT NULL,
  node_id          bigint NOT NULL REFERENCES node (id),
  rule_id          bigint,                       -- the rule may be gone
  origin           text NOT NULL CHECK (origin IN ('rule', 'staff', 'command')),
  selection        text NOT NULL DEFAULT '',     -- JSON: {sopClassUids} or {sopInstanceUids}; '' the whole study
  selection_key    text NOT NULL DEFAULT '',     -- hash of the selection
  state            text NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'failed')),
  wants_commitment boolean NOT NULL DEFAULT false,
  commitment_id    bigint,
  attempts         integer NOT NULL DEFAULT 0,
  instance_count   integer,                      -- what the selection meant at the last attempt
  sent_count       integer NOT NULL DEFAULT 0,
  failed_count     integer NOT NULL DEFAULT 0,
  last_error       text,
  created_at       timestamptz NOT NULL,
  started_at       timestamptz,
  finished_at      timestamptz,
  UNIQUE (study_id, node_id, selection_key)
);
CREATE INDEX routing_send_state ON routing_send (state, id);
-- What a node has confirmed: sent again only when a person asks for it.
CREATE TABLE routing_sent_instance (
  node_id          bigint NOT NULL REFERENCES node (id),
  instance_id      bigint NOT NULL REFERENCES instance (id),
  sent_at          timestamptz NOT NULL,
  PRIMARY KEY (node_id, instance_id)
);

CREATE TABLE routing_pull (
  id               bigint PRIMARY KEY,
  node_id          bigint NOT NULL REFERENCES node (id),
  method           text NOT NULL CHECK (method IN ('move', 'get')),
  from_date        text,                         -- YYYYMMDD; null with a patient
  to_date          text,
  patient_id       text,
  next_date        text,                         -- days before it are done: where a restart goes on
  state            text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'stopped', 'failed')),
  stop_asked_at    timestamptz,
  last_error       text,
  created_at       timestamptz NOT NULL,
  started_at       timestamptz,
  finished_at      timestamptz
);
CREATE TABLE routing_pull_study (
  pull_id          bigint NOT NULL REFERENCES routing_pull (id),
  study_instance_uid text NOT NULL,
  study_date       text,
  remote_count     integer,                      -- as the peer says; null: it does not
  our_count        integer NOT NULL,             -- after the last fetch
  first_count      integer NOT NULL,             -- before the first one
  state            text NOT NULL CHECK (state IN ('found', 'complete', 'failed')),
  error            text,
  PRIMARY KEY (pull_id, study_instance_uid)
);
CREATE INDEX routing_pull_study_state ON routing_pull_study (pull_id, state);
