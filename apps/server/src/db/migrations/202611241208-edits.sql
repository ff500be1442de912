-- Study edits: bytes never change; rows follow the edit and outgoing objects carry corrected attributes (ADR 10).
-- Same rules as the first migration. Tables and columns here are written by the module archive (archive/edits).
CREATE TABLE study_edit (
  id               bigint PRIMARY KEY,
  kind             text NOT NULL CHECK (kind IN ('merge', 'split', 'move-patient', 'attributes', 'reject', 'delete')),
  study_id         bigint NOT NULL REFERENCES study (id),   -- the study the edit was made on
  other_study_id   bigint REFERENCES study (id),            -- merge: the surviving study; split: the new one
  before           text NOT NULL,              -- JSON: what stood there
  after            text NOT NULL,              -- JSON: what stands there now
  reason           text NOT NULL,
  note_sop_instance_uid text UNIQUE,           -- reject: the key object that says so (IHE IOCM); applied once
  made_by          text NOT NULL,              -- staff:<account>, client:<id>, node:<AE title>, system
  made_at          timestamptz NOT NULL,
  undone_by        text,
  undone_at        timestamptz
);
CREATE INDEX study_edit_study ON study_edit (study_id, id DESC);
CREATE INDEX study_edit_other ON study_edit (other_study_id, id DESC) WHERE other_study_id IS NOT NULL;
CREATE INDEX study_edit_newest ON study_edit (id DESC);

-- What an edit changed of the objects below one row: DICOM keyword -> text, null deletes. Later edits win.
CREATE TABLE correction (
  id               bigint PRIMARY KEY,
  edit_id          bigint NOT NULL REFERENCES study_edit (id),
  study_id         bigint REFERENCES study (id),
  series_id        bigint REFERENCES series (id),
  instance_id      bigint REFERENCES instance (id),
  attributes       text NOT NULL,              -- JSON
  CHECK ((study_id IS NOT NULL)::integer + (series_id IS NOT NULL)::integer + (instance_id IS NOT NULL)::integer = 1)
);
CREATE INDEX correction_edit ON correction (edit_id);
CREATE UNIQUE INDEX correction_study ON correction (study_id, edit_id) WHERE study_id IS NOT NULL;
CREATE UNIQUE INDEX correction_series ON correction (series_id, edit_id) WHERE series_id IS NOT NULL;
CREATE UNIQUE INDEX correction_instance ON correction (instance_id, edit_id) WHERE instance_id IS NOT NULL;

-- hidden_by: the edit that hid the row; undoing that edit shows exactly what it hid.
ALTER TABLE study ADD COLUMN hidden_at timestamptz;
ALTER TABLE study ADD COLUMN hidden_reason text;             -- deleted, rejected, merged, empty
ALTER TABLE study ADD COLUMN hidden_by bigint REFERENCES study_edit (id);
ALTER TABLE study ADD COLUMN merged_into_id bigint REFERENCES study (id);
ALTER TABLE series ADD COLUMN hidden_at timestamptz;
ALTER TABLE series ADD COLUMN hidden_reason text;
ALTER TABLE series ADD COLUMN hidden_by bigint REFERENCES study_edit (id);
ALTER TABLE series ADD COLUMN received_study_id bigint REFERENCES study (id);   -- under which study it came, when moved since
ALTER TABLE instance ADD COLUMN hidden_at timestamptz;
ALTER TABLE instance ADD COLUMN hidden_reason text;
ALTER TABLE instance ADD COLUMN hidden_by bigint REFERENCES study_edit (id);
CREATE INDEX instance_hidden ON instance (hidden_by) WHERE hidden_by IS NOT NULL;
CREATE INDEX study_hidden ON study (hidden_by) WHERE hidden_by IS NOT NULL;
CREATE INDEX series_hidden ON series (hidden_by) WHERE hidden_by IS NOT NULL;
CREATE INDEX series_received_study ON series (received_study_id) WHERE received_study_id IS NOT NULL;
-- Rejection notes (key objects) that arrived before the objects they reject: looked at again when a study settles.
CREATE TABLE rejected_object (
  edit_id          bigint NOT NULL REFERENCES study_edit (id),
  sop_instance_uid text NOT NULL,
  PRIMARY KEY (edit_id, sop_instance_uid)
);
CREATE INDEX rejected_object_uid ON rejected_object (sop_instance_uid);
-- Series made by a split for chosen instances, and the series these came from.
CREATE TABLE split_series (
  series_id        bigint PRIMARY KEY REFERENCES series (id),
  edit_id          bigint NOT NULL REFERENCES study_edit (id),
  from_series_id   bigint NOT NULL REFERENCES series (id)
);
CREATE INDEX split_series_edit ON split_series (edit_id);
