-- Prints on film (PS3.4 annex H): what was asked, of which study, on which printer, and how far it is. Same rules as the
-- first migration. Written by the module media.
CREATE TABLE film_print (
  id               bigint PRIMARY KEY,
  study_id         bigint NOT NULL REFERENCES study (id),
  study_instance_uid text NOT NULL,
  node_id          bigint NOT NULL REFERENCES node (id),
  wish             text NOT NULL,                -- JSON, packages/api printing.ts
  state            text NOT NULL CHECK (state IN ('waiting', 'printing', 'printed', 'failed')),
  sheet_count      integer NOT NULL,
  printed_count    integer NOT NULL DEFAULT 0,   -- sheets the printer has accepted: where another attempt goes on
  error_code       text,
  error_detail     text,                         -- what the printer said
  asked_by         text NOT NULL,                -- staff:<account>
  created_at       timestamptz NOT NULL,
  finished_at      timestamptz
);
CREATE INDEX film_print_study ON film_print (study_instance_uid, id);
