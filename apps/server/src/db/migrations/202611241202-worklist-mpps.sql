-- Modality worklist and performed procedure steps (orders), storage commitment and availability notices (archive).
-- Same rules as the first migration: ids from the application, JSON as text, one writing module for each table.

-- ── orders: worklist (PS3.4 annex K) and performed procedure steps (annex F) ────────────────────────
-- What a modality is told about an exam. The identifiers are made once and never change: images carry them.
CREATE TABLE worklist_item (
  exam_id          bigint PRIMARY KEY REFERENCES exam (id),
  study_instance_uid text NOT NULL,              -- as an order announced it, else made here
  requested_procedure_id text NOT NULL,          -- (0040,1001)
  scheduled_step_id text NOT NULL,               -- (0040,0009)
  station_ae_title text,                         -- null: any device of the modality
  station_name     text,
  location         text,
  performing_physician text,
  created_at       timestamptz NOT NULL
);
CREATE INDEX worklist_item_study ON worklist_item (study_instance_uid);
-- Exams that wait to be done: what a worklist query without a date reads.
CREATE INDEX exam_waiting ON exam (exam_at, id)
  WHERE status IN ('requested', 'scheduled', 'registered') AND origin = 'order' AND replaced_by_id IS NULL;

CREATE TABLE performed_step (
  id               bigint PRIMARY KEY,
  sop_instance_uid text NOT NULL UNIQUE,
  state            text NOT NULL CHECK (state IN ('in-progress', 'completed', 'discontinued')),
  calling_ae       text NOT NULL,
  node_id          bigint REFERENCES node (id),
  institution_id   bigint NOT NULL REFERENCES institution (id),
  patient_id       text,                         -- (0010,0020) as the modality says
  study_instance_uid text,                       -- of the first scheduled step
  modality         text NOT NULL,
  station_ae_title text NOT NULL,
  discontinuation_code text,                     -- (0040,0281)
  attributes       text NOT NULL,                -- the SOP instance as it stands, DICOM JSON
  started_at       timestamptz NOT NULL,
  ended_at         timestamptz,
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL
);
CREATE INDEX performed_step_study ON performed_step (study_instance_uid);
-- The exams a step performs: none when the modality worked without the worklist, several when it did them together.
CREATE TABLE performed_step_exam (
  performed_step_id bigint NOT NULL REFERENCES performed_step (id),
  exam_id          bigint NOT NULL REFERENCES exam (id),
  PRIMARY KEY (performed_step_id, exam_id)
);
CREATE INDEX performed_step_exam_exam ON performed_step_exam (exam_id);
CREATE TABLE performed_series (
  performed_step_id bigint NOT NULL REFERENCES performed_step (id),
  series_instance_uid text NOT NULL,
  series_description text,
  protocol_name    text,
  retrieve_ae_title text,
  instance_count   integer NOT NULL,
  instances        text NOT NULL,                -- JSON: [[SOP class, SOP instance], ...]
  PRIMARY KEY (performed_step_id, series_instance_uid)
);
CREATE INDEX performed_series_uid ON performed_series (series_instance_uid);

-- ── archive: storage commitment (PS3.4 annex J) and instance availability (annex R) ─────────────────
CREATE TABLE commitment (
  id               bigint PRIMARY KEY,
  direction        text NOT NULL CHECK (direction IN ('received', 'asked')),
  ae_title         text NOT NULL,                -- of the peer
  node_id          bigint REFERENCES node (id),
  transaction_uid  text NOT NULL,
  -- received: waiting, reported, undeliverable. asked: waiting (to ask), asked, answered, overdue, undeliverable.
  state            text NOT NULL CHECK (state IN ('waiting', 'reported', 'asked', 'answered', 'overdue', 'undeliverable')),
  instances        text NOT NULL,                -- JSON: [[SOP class, SOP instance], ...]
  instances_sha256 text NOT NULL,
  instance_count   integer NOT NULL,
  failures         text,                         -- JSON: [[SOP instance, failure reason], ...]; null until answered
  failed_count     integer,
  error            text,
  leased_until     timestamptz,                  -- one process reports at a time
  created_at       timestamptz NOT NULL,
  answered_at      timestamptz
);
CREATE INDEX commitment_transaction ON commitment (transaction_uid, ae_title);

-- Nodes that are told when a study is available.
CREATE TABLE availability_rule (
  node_id          bigint PRIMARY KEY REFERENCES node (id),
  modalities       text,                         -- space separated; null: all
  created_at       timestamptz NOT NULL
);
CREATE TABLE availability_notice (
  id               bigint PRIMARY KEY,
  direction        text NOT NULL CHECK (direction IN ('sent', 'received')),
  sop_instance_uid text NOT NULL,
  ae_title         text NOT NULL,
  node_id          bigint REFERENCES node (id),
  study_instance_uid text NOT NULL,
  instance_count   integer NOT NULL,
  content          text NOT NULL,                -- the notice, DICOM JSON
  content_sha256   text NOT NULL,                -- of the instances it names: the same news is not sent twice
  created_at       timestamptz NOT NULL,
  UNIQUE (sop_instance_uid, direction)
);
CREATE INDEX availability_notice_study ON availability_notice (study_instance_uid, node_id);
