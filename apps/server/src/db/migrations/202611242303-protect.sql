-- Protected patients: rules that set labels, requests that a second person decides, the run over everybody, and what the
-- tables of 202611242200-policy.sql still lacked. Written by the module protect; read by access.
CREATE TABLE protection_rule (
  id               bigint PRIMARY KEY,
  name             text NOT NULL,
  version          integer NOT NULL,
  tag              text NOT NULL,              -- access/policy/labels.ts
  level            smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
  restriction      text NOT NULL CHECK (restriction IN ('none', 'pseudonym', 'break_glass', 'hidden')),
  target           text NOT NULL CHECK (target IN ('person', 'exam')),
  condition        text NOT NULL,              -- JSON, protect/rule-condition.ts; numbers stand as blind indexes
  enabled          boolean NOT NULL,
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL,
  updated_by       bigint,
  removed_at       timestamptz
);

-- What a rule said before, so that a label can be explained later.
CREATE TABLE protection_rule_version (
  rule_id          bigint NOT NULL REFERENCES protection_rule (id),
  version          integer NOT NULL,
  content          text NOT NULL,              -- JSON
  written_at       timestamptz NOT NULL,
  written_by       bigint,
  PRIMARY KEY (rule_id, version)
);

-- One row: the rules looked over everybody, and how far they are.
CREATE TABLE protection_run (
  id               smallint PRIMARY KEY CHECK (id = 1),
  started_at       timestamptz NOT NULL,
  ended_at         timestamptz,
  seen_count       bigint NOT NULL,
  total_count      bigint NOT NULL,
  set_count        bigint NOT NULL,
  removed_count    bigint NOT NULL
);

ALTER TABLE protection_label ADD COLUMN rule_id bigint REFERENCES protection_rule (id);
ALTER TABLE protection_label ADD COLUMN rule_version integer;
ALTER TABLE protection_label ADD COLUMN reason text;
ALTER TABLE protection_label ADD COLUMN removed_reason text;
CREATE INDEX protection_label_rule_person ON protection_label (person_id) WHERE rule_id IS NOT NULL;
CREATE INDEX protection_label_rule_exam ON protection_label (exam_id) WHERE rule_id IS NOT NULL;

ALTER TABLE protection_grant ADD COLUMN refused_by bigint;
ALTER TABLE protection_grant ADD COLUMN refused_at timestamptz;
CREATE INDEX protection_grant_person ON protection_grant (person_id);
CREATE INDEX protection_grant_until ON protection_grant (valid_to) WHERE revoked_at IS NULL AND refused_at IS NULL;

ALTER TABLE break_glass ADD COLUMN reason_code text NOT NULL DEFAULT 'other';
CREATE INDEX break_glass_person ON break_glass (person_id, opened_at DESC);
