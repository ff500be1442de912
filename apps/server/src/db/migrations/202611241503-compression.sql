-- Compression of stored objects: policies by modality and age, what they did to each instance and the way back, figures
-- of space saved. Same rules as the first migration. Tables here are written by the module archive (archive/compression).
CREATE TABLE compression_policy (
  id               bigint PRIMARY KEY,
  position         integer NOT NULL,           -- read in this order; the first that fits decides
  name             text NOT NULL,
  modality         text,                       -- null: every modality
  least_age_days   integer NOT NULL,           -- since the study was received
  action           text NOT NULL CHECK (action IN ('keep', 'replace', 'preview')),
  ratio            integer,                    -- preview: uncompressed to compressed
  enabled          boolean NOT NULL DEFAULT true,
  updated_at       timestamptz NOT NULL
);
-- One walk over the old studies. A run that was cut off goes on behind its cursor.
CREATE TABLE compression_run (
  id               bigint PRIMARY KEY,
  state            text NOT NULL CHECK (state IN ('running', 'done')),
  cursor_study_id  bigint NOT NULL DEFAULT 0,
  studies          integer NOT NULL DEFAULT 0,
  replaced         integer NOT NULL DEFAULT 0,
  previewed        integer NOT NULL DEFAULT 0,
  refused          integer NOT NULL DEFAULT 0,
  failed           integer NOT NULL DEFAULT 0, -- could not be tried now: the next run tries again
  started_at       timestamptz NOT NULL,
  finished_at      timestamptz
);
-- What was decided for an instance, once for each action. `before` is the row as it was: the way back.
CREATE TABLE instance_compression (
  id               bigint PRIMARY KEY,
  instance_id      bigint NOT NULL REFERENCES instance (id),
  series_id        bigint NOT NULL,
  action           text NOT NULL CHECK (action IN ('replace', 'preview')),
  outcome          text NOT NULL CHECK (outcome IN ('replaced', 'previewed', 'refused', 'rolled-back')),
  reason           text NOT NULL DEFAULT '',   -- a code, of a refusal
  modality         text NOT NULL,
  policy_name      text NOT NULL,
  bytes_before     bigint NOT NULL,
  bytes_after      bigint NOT NULL,
  before           text,                       -- JSON: transfer syntax, blob, size, offset, layout, interpretation
  pixel_sha256     text,                       -- of the decoded frames, equal before and after
  superseded_blob_id bigint REFERENCES blob (id),   -- what no row names any more; a grave after the grace time
  retired_at       timestamptz,
  changed_at       timestamptz NOT NULL,
  changed_by       text NOT NULL DEFAULT 'policy',
  UNIQUE (instance_id, action)
);
CREATE INDEX instance_compression_superseded ON instance_compression (changed_at) WHERE superseded_blob_id IS NOT NULL AND retired_at IS NULL;
CREATE INDEX instance_compression_series ON instance_compression (series_id, changed_at);
-- A recoded blob between its record and the switch: what a crash leaves here is dropped by a later run.
CREATE TABLE compression_pending (
  blob_id          bigint PRIMARY KEY REFERENCES blob (id),
  made_at          timestamptz NOT NULL
);
-- Sums of the table above, kept along with it.
CREATE TABLE compression_figure (
  modality         text NOT NULL,
  outcome          text NOT NULL,
  reason           text NOT NULL,
  objects          bigint NOT NULL,
  bytes_before     bigint NOT NULL,
  bytes_after      bigint NOT NULL,
  PRIMARY KEY (modality, outcome, reason)
);
-- Nodes that may be sent derived, lossy objects when they take nothing else.
CREATE TABLE lossy_send_rule (
  node_id          bigint PRIMARY KEY REFERENCES node (id),
  ratio            integer NOT NULL,
  created_at       timestamptz NOT NULL
);
ALTER TABLE rendition DROP CONSTRAINT rendition_kind_check;
ALTER TABLE rendition ADD CONSTRAINT rendition_kind_check
  CHECK (kind IN ('htj2k', 'film', 'thumbnail', 'series-metadata', 'waveform-page', 'document-page', 'lossy'));
