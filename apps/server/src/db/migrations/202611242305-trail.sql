-- The audit trail as evidence (spec AD-3 to AD-9): months as partitions, the chain beside the rows, signed heads, what
-- was exported and dropped, where copies go, and what looked wrong. Fields of section 3 that were missing come along.

-- ── rows, by month ──────────────────────────────────────────────────────────────────────────────────
ALTER TABLE audit_event RENAME TO audit_event_before;
ALTER TABLE audit_event_before ALTER COLUMN seq DROP IDENTITY;
ALTER INDEX audit_event_at RENAME TO audit_event_before_at;
ALTER INDEX audit_event_actor RENAME TO audit_event_before_actor;
ALTER INDEX audit_event_patient RENAME TO audit_event_before_patient;
ALTER INDEX audit_event_study RENAME TO audit_event_before_study;
ALTER INDEX audit_event_pkey RENAME TO audit_event_before_pkey;

CREATE TABLE audit_event (
  seq              bigint GENERATED ALWAYS AS IDENTITY,
  at               timestamptz NOT NULL,
  actor_kind       text NOT NULL,          -- staff, patient, client, node, system, anonymous
  actor_id         text,
  actor_role       text,
  auth_method      text,
  session_id       bigint,
  source_ip        text,
  forwarded_chain  text,                   -- X-Forwarded-For as it came
  device           text,                   -- user agent, or AE title
  device_model     text,                   -- what the user agent says in two words: 'Chrome 131, Windows'
  event_type       text NOT NULL,
  object_type      text,
  object_id        text,
  patient_id       bigint,
  study_instance_uid text,
  report_version   integer,
  purpose          text,
  data_scope       text,                   -- the scope that the route declares
  result           text NOT NULL CHECK (result IN ('ok', 'denied', 'error')),
  result_code      text,
  before_hash      text,                   -- SM3 of what was there, and of what is there now
  after_hash       text,
  bytes            bigint,
  duration_ms      integer,
  detail           text,                   -- JSON, no patient names
  trace_id         text,
  node             text,
  PRIMARY KEY (seq, at)
) PARTITION BY RANGE (at);
CREATE INDEX audit_event_at ON audit_event (at, seq);
CREATE INDEX audit_event_actor ON audit_event (actor_id, at, seq) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_event_patient ON audit_event (patient_id, at, seq) WHERE patient_id IS NOT NULL;
CREATE INDEX audit_event_study ON audit_event (study_instance_uid, at, seq) WHERE study_instance_uid IS NOT NULL;
CREATE INDEX audit_event_source ON audit_event (source_ip, at, seq) WHERE source_ip IS NOT NULL;
CREATE INDEX audit_event_type ON audit_event (event_type, at, seq);
CREATE INDEX audit_event_device ON audit_event (device_model, at, seq) WHERE device_model IS NOT NULL;
CREATE INDEX audit_event_object ON audit_event (object_id, at, seq) WHERE object_id IS NOT NULL;
CREATE INDEX audit_event_refused ON audit_event (at, seq) WHERE result <> 'ok';
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Rows of a month that nobody prepared still have a place.
CREATE TABLE audit_event_rest PARTITION OF audit_event DEFAULT;
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event_rest
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Makes the partition of a month (UTC); answers whether it was made now. One that is there, or whose rows lie in the
-- rest already, is left. The application's own role may call it and can otherwise change nothing here.
CREATE FUNCTION audit_add_month(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  name text := 'audit_event_' || to_char(month, 'YYYYMM');
  first_at timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
  last_at timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
BEGIN
  IF to_regclass(name) IS NOT NULL THEN RETURN false; END IF;
  IF EXISTS (SELECT 1 FROM audit_event_rest WHERE at >= first_at AND at < last_at) THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE %I PARTITION OF audit_event FOR VALUES FROM (%L) TO (%L)', name, first_at, last_at);
  EXECUTE format('CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
  EXECUTE format('ALTER TABLE %I SET (autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_freeze_min_age = 0)', name);
  RETURN true;
END $$;

DO $$
DECLARE month date;
BEGIN
  FOR month IN
    SELECT generate_series(date_trunc('month', coalesce((SELECT min(at) FROM audit_event_before), now()) AT TIME ZONE 'UTC'),
                           date_trunc('month', now() AT TIME ZONE 'UTC') + interval '3 months', interval '1 month')::date
  LOOP PERFORM audit_add_month(month); END LOOP;
END $$;

INSERT INTO audit_event (seq, at, actor_kind, actor_id, actor_role, auth_method, session_id, source_ip, device, event_type,
  object_type, object_id, patient_id, study_instance_uid, purpose, result, result_code, detail, trace_id, node)
OVERRIDING SYSTEM VALUE
SELECT seq, at, actor_kind, actor_id, actor_role, auth_method, session_id, source_ip, device, event_type,
  object_type, object_id, patient_id, study_instance_uid, purpose, result, result_code, detail, trace_id, node
FROM audit_event_before;
SELECT setval(pg_get_serial_sequence('audit_event', 'seq'), coalesce((SELECT max(seq) FROM audit_event), 0) + 1, false);
DROP TABLE audit_event_before;

-- ── chain ───────────────────────────────────────────────────────────────────────────────────────────
-- hash = SM3 over the hash before and the canonical text of the row (modules/trail/canonical.ts).
CREATE TABLE audit_link (
  link_no          bigint PRIMARY KEY,
  seq              bigint NOT NULL UNIQUE,
  at               timestamptz NOT NULL,   -- of the row: finds its partition
  hash             bytea NOT NULL
);
CREATE INDEX audit_link_at ON audit_link (at);
CREATE TABLE audit_head (
  head_no          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  link_no          bigint NOT NULL,
  hash             bytea NOT NULL,
  made_at          timestamptz NOT NULL,
  key_id           text NOT NULL,
  signature        bytea NOT NULL          -- SM2 over link number, hash and time
);
CREATE INDEX audit_head_link ON audit_head (link_no);
-- A month that was exported with proof; only then may its rows go.
CREATE TABLE audit_archive (
  month            text PRIMARY KEY,       -- YYYYMM, UTC
  row_count        bigint NOT NULL,
  file_name        text NOT NULL,
  sm3              text NOT NULL,          -- of the file
  key_id           text NOT NULL,
  signature        bytea NOT NULL,
  exported_at      timestamptz NOT NULL
);
CREATE TRIGGER audit_link_append_only BEFORE UPDATE OR DELETE ON audit_link FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_link_no_truncate BEFORE TRUNCATE ON audit_link FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_head_append_only BEFORE UPDATE OR DELETE ON audit_head FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_archive_append_only BEFORE UPDATE OR DELETE ON audit_archive FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_archive_no_truncate BEFORE TRUNCATE ON audit_archive FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Drops a month that was exported with as many rows as it has; six months are kept by law whatever is asked.
CREATE FUNCTION audit_drop_month(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  name text := 'audit_event_' || to_char(month, 'YYYYMM');
  proven bigint;
  counted bigint;
BEGIN
  IF month > (now() AT TIME ZONE 'UTC')::date - interval '7 months' THEN
    RAISE EXCEPTION 'audit rows are kept for six months at least';
  END IF;
  SELECT row_count INTO proven FROM audit_archive a WHERE a.month = to_char(audit_drop_month.month, 'YYYYMM');
  IF proven IS NULL THEN RAISE EXCEPTION 'the month has not been exported'; END IF;
  EXECUTE format('SELECT count(*) FROM %I', name) INTO counted;
  IF counted <> proven THEN RAISE EXCEPTION 'the export has % rows, the month has %', proven, counted; END IF;
  EXECUTE format('DROP TABLE %I', name);
END $$;

-- ── copies elsewhere ────────────────────────────────────────────────────────────────────────────────
CREATE TABLE audit_target (
  id               bigint PRIMARY KEY,
  name             text NOT NULL UNIQUE,
  kind             text NOT NULL CHECK (kind IN ('syslog_tls', 'file')),
  form             text NOT NULL CHECK (form IN ('json', 'dicom')),
  host             text,
  port             integer CHECK (port BETWEEN 1 AND 65535),
  ca_pem           text,                   -- trusted for this target only; null: those of the system
  path             text,
  enabled          boolean NOT NULL,
  link_no          bigint NOT NULL,        -- everything up to here is there
  sent_at          timestamptz,
  failed_at        timestamptz,
  error_code       text,
  created_at       timestamptz NOT NULL,
  changed_by       bigint
);

-- ── what looked wrong ───────────────────────────────────────────────────────────────────────────────
CREATE TABLE audit_alert (
  id               bigint PRIMARY KEY,
  dedupe_key       text NOT NULL UNIQUE,
  rule             text NOT NULL,
  severity         text NOT NULL CHECK (severity IN ('notice', 'warning', 'critical')),
  actor_kind       text,
  actor_id         text,
  source_ip        text,
  patient_id       bigint,
  event_count      integer NOT NULL,
  first_at         timestamptz NOT NULL,
  last_at          timestamptz NOT NULL,
  raised_at        timestamptz NOT NULL,
  reviewed_at      timestamptz,
  reviewed_by      bigint,
  note             text
);
CREATE INDEX audit_alert_open ON audit_alert (id) WHERE reviewed_at IS NULL;
-- The last examination of the chain, newest last; what the console shows.
CREATE TABLE audit_check (
  id               bigint PRIMARY KEY,
  asked_by         bigint,
  started_at       timestamptz NOT NULL,
  ended_at         timestamptz NOT NULL,
  rows_read        bigint NOT NULL,
  fault            text,                   -- null: sound
  fault_seq        bigint,
  fault_link_no    bigint,
  gap_count        bigint NOT NULL
);
