-- The main road: accounts and audit, storage, jobs, index of persons, orders, exams, reports, the archive,
-- renditions, publication, messages. Plain SQL that openGauss and KingbaseES can follow: ids come from the
-- application (bigint), JSON is text, no arrays, no extensions, no generated columns. Every table is written
-- by the one module named above it.

-- ── accounts ────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE account (
  id               bigint PRIMARY KEY,
  login_name       text NOT NULL UNIQUE,
  display_name     text NOT NULL,
  role             text NOT NULL CHECK (role IN ('system_admin', 'security_admin', 'audit_admin', 'doctor')),
  institution_id   bigint,
  department_id    bigint,
  password_hash    text NOT NULL,
  must_change      boolean NOT NULL DEFAULT true,
  disabled_at      timestamptz,
  last_login_at    timestamptz,
  password_set_at  timestamptz NOT NULL,
  created_at       timestamptz NOT NULL
);

-- The last passwords of an account, so that none of them comes back (spec AU-2). Only hashes.
CREATE TABLE former_password (
  id               bigint PRIMARY KEY,
  account_id       bigint NOT NULL REFERENCES account (id),
  password_hash    text NOT NULL,
  set_at           timestamptz NOT NULL
);
CREATE INDEX former_password_account ON former_password (account_id, set_at DESC);

-- ── access ──────────────────────────────────────────────────────────────────────────────────────────
-- A session of a person: staff, or a patient at the end of a link. The cookie holds a random secret, the row its hash.
CREATE TABLE session (
  id               bigint PRIMARY KEY,
  secret_hash      text NOT NULL UNIQUE,
  kind             text NOT NULL CHECK (kind IN ('staff', 'patient')),
  account_id       bigint REFERENCES account (id),
  person_id        bigint,
  exam_id          bigint,                 -- patient session bound to one exam; null: all exams of the person
  proof            text NOT NULL,          -- password, sms, identity
  share_link_id    bigint,
  source_ip        text NOT NULL,
  user_agent       text NOT NULL,
  created_at       timestamptz NOT NULL,
  last_seen_at     timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  revoked_at       timestamptz
);
CREATE INDEX session_account ON session (account_id) WHERE revoked_at IS NULL;
CREATE INDEX session_share_link ON session (share_link_id) WHERE share_link_id IS NOT NULL;

CREATE TABLE machine_client (
  id               bigint PRIMARY KEY,
  name             text NOT NULL UNIQUE,
  token_hash       text NOT NULL UNIQUE,
  permissions      text NOT NULL,          -- space separated permission names
  expires_at       timestamptz,
  disabled_at      timestamptz,
  created_at       timestamptz NOT NULL
);

-- Failed tries of anything that can be guessed. subject is a hash or an opaque id, never a name or number.
CREATE TABLE attempt (
  kind             text NOT NULL,          -- login, login-ip, sms-code, identity, sms-send, ...
  subject          text NOT NULL,
  failed_count     integer NOT NULL,
  window_from      timestamptz NOT NULL,
  locked_until     timestamptz,
  PRIMARY KEY (kind, subject)
);

-- ── audit (append only; spec AD-1) ──────────────────────────────────────────────────────────────────
CREATE TABLE audit_event (
  seq              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at               timestamptz NOT NULL,
  actor_kind       text NOT NULL,          -- staff, patient, client, node, system, anonymous
  actor_id         text,
  actor_role       text,
  auth_method      text,
  session_id       bigint,
  source_ip        text,
  device           text,                   -- user agent, or AE title
  event_type       text NOT NULL,
  object_type      text,
  object_id        text,
  patient_id       bigint,
  study_instance_uid text,
  purpose          text,
  result           text NOT NULL CHECK (result IN ('ok', 'denied', 'error')),
  result_code      text,
  detail           text,                   -- JSON, no patient names
  trace_id         text,
  node             text
);
CREATE INDEX audit_event_at ON audit_event (at);
CREATE INDEX audit_event_actor ON audit_event (actor_kind, actor_id, at);
CREATE INDEX audit_event_patient ON audit_event (patient_id, at) WHERE patient_id IS NOT NULL;
CREATE INDEX audit_event_study ON audit_event (study_instance_uid, at) WHERE study_instance_uid IS NOT NULL;
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'audit rows are append-only'; END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ── settings ────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE setting (
  key              text PRIMARY KEY,
  value            text NOT NULL,          -- JSON
  updated_at       timestamptz NOT NULL,
  updated_by       bigint
);

-- ── blob (storage; data-centre §1, §6) ──────────────────────────────────────────────────────────────
CREATE TABLE store (
  id               bigint PRIMARY KEY,
  url              text NOT NULL UNIQUE,
  tier             text NOT NULL CHECK (tier IN ('hot', 'warm', 'cold', 'vault')),
  quota_bytes      bigint,
  read_only        boolean NOT NULL DEFAULT false
);
CREATE TABLE blob (
  id               bigint PRIMARY KEY,
  sha256           text NOT NULL UNIQUE,
  sm3              text,                   -- null until sealed: the file was read back and both hashes compared
  size_bytes       bigint NOT NULL,
  media_type       text NOT NULL,
  created_at       timestamptz NOT NULL
);
CREATE INDEX blob_unsealed ON blob (id) WHERE sm3 IS NULL;
CREATE TABLE blob_copy (
  id               bigint PRIMARY KEY,
  blob_id          bigint NOT NULL REFERENCES blob (id),
  store_id         bigint NOT NULL REFERENCES store (id),
  key              text NOT NULL,
  payload_offset   integer NOT NULL DEFAULT 0,   -- bytes of the self-description in front of the content
  state            text NOT NULL CHECK (state IN ('copying', 'live', 'grave', 'purged', 'lost')),
  tier             text NOT NULL,
  wrapped_key_id   bigint,
  verified_at      timestamptz,
  last_read_at     timestamptz,
  created_at       timestamptz NOT NULL,
  UNIQUE (store_id, key)
);
CREATE INDEX blob_copy_blob ON blob_copy (blob_id);
CREATE TABLE blob_grave (
  id               bigint PRIMARY KEY,
  copy_id          bigint NOT NULL UNIQUE REFERENCES blob_copy (id),
  reason           text NOT NULL CHECK (reason IN ('policy', 'superseded', 'user')),
  dead_since       timestamptz NOT NULL,
  purge_after      timestamptz NOT NULL,
  plan_item_id     bigint
);

-- ── jobs and outbox ─────────────────────────────────────────────────────────────────────────────────
CREATE TABLE job (
  id               bigint PRIMARY KEY,
  name             text NOT NULL,
  dedupe_key       text,
  payload          text NOT NULL,
  state            text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
  priority         integer NOT NULL DEFAULT 0,       -- higher first
  attempt          integer NOT NULL DEFAULT 0,
  max_attempts     integer NOT NULL DEFAULT 12,
  run_at           timestamptz NOT NULL,
  lease_owner      text,
  leased_until     timestamptz,
  progress_done    bigint,
  progress_total   bigint,
  error_code       text,
  error            text,
  created_at       timestamptz NOT NULL,
  finished_at      timestamptz
);
CREATE INDEX job_runnable ON job (priority DESC, run_at, id) WHERE state = 'queued';
CREATE INDEX job_leased ON job (leased_until) WHERE state = 'running';
CREATE UNIQUE INDEX job_dedupe ON job (name, dedupe_key) WHERE state = 'queued' AND dedupe_key IS NOT NULL;
CREATE INDEX job_finished ON job (state, finished_at) WHERE state IN ('done', 'dead');
CREATE TABLE outbox_event (
  id               bigint PRIMARY KEY,
  topic            text NOT NULL,
  payload          text NOT NULL,
  created_at       timestamptz NOT NULL
);
CREATE INDEX outbox_event_topic ON outbox_event (topic, created_at);

-- ── mpi: institutions, departments, persons (index), patients (local ids) ───────────────────────────
CREATE TABLE institution (
  id               bigint PRIMARY KEY,
  code             text NOT NULL UNIQUE,       -- MSH-4 / PID-3.4 / (0008,0080) values map to it by institution_alias
  name             text NOT NULL,
  is_default       boolean NOT NULL DEFAULT false,
  created_at       timestamptz NOT NULL
);
CREATE TABLE institution_alias (
  alias            text PRIMARY KEY,           -- assigning authority, sending facility or Institution Name as received
  institution_id   bigint NOT NULL REFERENCES institution (id)
);
CREATE TABLE department (
  id               bigint PRIMARY KEY,
  institution_id   bigint NOT NULL REFERENCES institution (id),
  code             text NOT NULL,
  name             text NOT NULL,
  UNIQUE (institution_id, code)
);
CREATE TABLE person (
  id               bigint PRIMARY KEY,
  merged_into_id   bigint REFERENCES person (id),
  created_at       timestamptz NOT NULL
);
CREATE TABLE patient (
  id               bigint PRIMARY KEY,
  institution_id   bigint NOT NULL REFERENCES institution (id),
  patient_id       text NOT NULL,              -- PID-3.1 / (0010,0020)
  person_id        bigint NOT NULL REFERENCES person (id),
  merged_into_id   bigint REFERENCES patient (id),   -- A40
  name             text NOT NULL,              -- as people write it: 韦小妹, Buc Jérôme
  name_pinyin      text NOT NULL,              -- weixiaomei
  name_initials    text NOT NULL,              -- wxm
  sex              text NOT NULL DEFAULT '0',  -- GB/T 2261.1
  birth_date       text,                       -- YYYYMMDD, YYYYMM or YYYY
  identity_type    text,                       -- 01 resident card, 03 passport ... (CV02.01.101)
  identity_no      text,
  phone            text,
  address          text,
  name_source      text NOT NULL,              -- hl7, dicom, staff: hl7 outranks dicom
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL,
  UNIQUE (institution_id, patient_id)
);
CREATE INDEX patient_person ON patient (person_id);
CREATE INDEX patient_merged ON patient (merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE INDEX patient_identity ON patient (identity_no) WHERE identity_no IS NOT NULL;
CREATE INDEX patient_pinyin ON patient (name_pinyin text_pattern_ops);
CREATE INDEX patient_initials ON patient (name_initials text_pattern_ops);
CREATE INDEX patient_name ON patient (name text_pattern_ops);
-- What a name may be typed as: every reading, in full and shortened, each found by prefix (mpi/name-keys.ts).
CREATE TABLE patient_name_key (
  patient_id       bigint NOT NULL REFERENCES patient (id),
  key              text NOT NULL,
  PRIMARY KEY (patient_id, key)
);
CREATE INDEX patient_name_key_prefix ON patient_name_key (key text_pattern_ops);

-- ── nodes: remote AEs and HL7 peers ─────────────────────────────────────────────────────────────────
CREATE TABLE node (
  id               bigint PRIMARY KEY,
  kind             text NOT NULL CHECK (kind IN ('dicom', 'hl7')),
  name             text NOT NULL,              -- AE title, or sending application
  facility         text NOT NULL DEFAULT '-',  -- sending facility (hl7)
  host             text,
  port             integer,
  may              text NOT NULL,              -- space separated: store find move get / send
  charset          text,                       -- when the peer does not say
  institution_id   bigint REFERENCES institution (id),
  on_conflict      text NOT NULL DEFAULT 'refuse' CHECK (on_conflict IN ('refuse', 'accept')),
  disabled_at      timestamptz,
  last_seen_at     timestamptz,
  created_at       timestamptz NOT NULL,
  UNIQUE (kind, name, facility)
);

-- ── orders: HL7 messages, orders and exams ──────────────────────────────────────────────────────────
CREATE TABLE hl7_message (
  id               bigint PRIMARY KEY,
  received_at      timestamptz NOT NULL,
  node_id          bigint REFERENCES node (id),
  source           text NOT NULL,              -- peer address
  sending_application text,
  sending_facility text,
  message_type     text,                       -- ORU^R01
  control_id       text,
  charset          text,
  raw              bytea NOT NULL,
  sha256           text NOT NULL,
  state            text NOT NULL CHECK (state IN ('applied', 'ignored', 'failed', 'refused')),
  error_code       text,
  error            text
);
CREATE INDEX hl7_message_received ON hl7_message (received_at);
CREATE INDEX hl7_message_control ON hl7_message (sending_application, control_id);
CREATE INDEX hl7_message_aside ON hl7_message (state, id) WHERE state <> 'applied';  -- the console's lists, newest first

-- An exam is what a patient calls "my CT": the order, the pictures and the report meet here.
CREATE TABLE exam (
  id               bigint PRIMARY KEY,
  institution_id   bigint NOT NULL REFERENCES institution (id),
  patient_id       bigint NOT NULL REFERENCES patient (id),
  accession_number text,                       -- ORC/OBR filler or (0008,0050); null until known
  exam_type        text NOT NULL,              -- RAD US ES PATH ECG DENT PETCT NM OPH OTHER (china-interfaces D2)
  modality         text,
  item_code        text,
  item_name        text NOT NULL,
  department_id    bigint REFERENCES department (id),
  ordering_doctor  text,
  origin           text NOT NULL CHECK (origin IN ('order', 'report', 'study')),   -- the strongest source so far
  replaced_by_id   bigint REFERENCES exam (id),   -- made from a study that was linked to another exam later
  status           text NOT NULL CHECK (status IN ('requested','scheduled','registered','examined','reported','verified','published','revised','withdrawn','cancelled')),
  exam_at          timestamptz NOT NULL,       -- the time people sort by: performed, else scheduled, else ordered
  published_at     timestamptz,
  publication_hold text,                       -- why the rule kept it back
  search_text      text NOT NULL DEFAULT '',
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL
);
CREATE UNIQUE INDEX exam_accession ON exam (institution_id, accession_number) WHERE accession_number IS NOT NULL;
CREATE INDEX exam_patient ON exam (patient_id, exam_at DESC);
CREATE INDEX exam_at_desc ON exam (exam_at DESC, id DESC);
CREATE INDEX exam_type_at ON exam (exam_type, exam_at DESC);

CREATE TABLE imaging_order (
  id               bigint PRIMARY KEY,
  institution_id   bigint NOT NULL REFERENCES institution (id),
  placer_order_number text,                    -- ORC-2
  filler_order_number text,                    -- ORC-3
  exam_id          bigint NOT NULL REFERENCES exam (id),
  patient_id       bigint NOT NULL REFERENCES patient (id),
  control          text NOT NULL,              -- ORC-1 as last received
  item_code        text,
  item_name        text,
  requested_at     timestamptz,
  scheduled_at     timestamptz,
  clinical_note    text,
  study_instance_uid text,                     -- ZDS-1, IPC-3
  hl7_message_id   bigint,
  updated_at       timestamptz NOT NULL
);
CREATE UNIQUE INDEX imaging_order_placer ON imaging_order (institution_id, placer_order_number) WHERE placer_order_number IS NOT NULL;
CREATE INDEX imaging_order_filler ON imaging_order (institution_id, filler_order_number);
CREATE INDEX imaging_order_exam ON imaging_order (exam_id);
CREATE INDEX imaging_order_study ON imaging_order (study_instance_uid) WHERE study_instance_uid IS NOT NULL;

-- Which exam a study was linked to and why; orders decides, the archive copies the answer to its study row.
CREATE TABLE exam_study (
  study_instance_uid text PRIMARY KEY,
  institution_id   bigint NOT NULL REFERENCES institution (id),
  exam_id          bigint REFERENCES exam (id),
  patient_id       bigint REFERENCES patient (id),
  accession_number text,
  link_state       text NOT NULL CHECK (link_state IN ('linked', 'unlinked')),
  link_reason      text NOT NULL,
  linked_at        timestamptz NOT NULL
);
CREATE INDEX exam_study_exam ON exam_study (exam_id);
CREATE INDEX exam_study_unlinked ON exam_study (institution_id, accession_number) WHERE link_state = 'unlinked';
CREATE INDEX exam_study_unlinked_patient ON exam_study (patient_id) WHERE link_state = 'unlinked';

-- ── archive: study, series, instance, quarantine ────────────────────────────────────────────────────
CREATE TABLE study (
  id               bigint PRIMARY KEY,
  study_instance_uid text NOT NULL UNIQUE,
  institution_id   bigint NOT NULL REFERENCES institution (id),
  patient_id       text NOT NULL,              -- (0010,0020) as received, '-' when absent
  issuer_of_patient_id text,
  patient_name     text NOT NULL,              -- as people write it
  patient_name_dicom text NOT NULL DEFAULT '', -- (0010,0010) as received, component groups and all
  patient_name_search text NOT NULL DEFAULT '', -- |韦小妹|weixiaomei|wxm|: what QIDO-RS and C-FIND match against
  patient_sex      text,
  patient_birth_date text,
  accession_number text,
  study_id         text,
  study_date       text,
  study_time       text,
  study_description text,
  referring_physician_name text,
  exam_id          bigint REFERENCES exam (id),
  patient_row_id   bigint REFERENCES patient (id),
  link_state       text NOT NULL DEFAULT 'waiting' CHECK (link_state IN ('waiting', 'linked', 'unlinked')),
  link_reason      text,                       -- a code that a screen can explain
  modalities       text,                       -- backslash separated, at settle
  series_count     integer,                    -- at settle
  instance_count   integer,
  frame_count      bigint,
  size_bytes       bigint,
  media_state      text NOT NULL DEFAULT 'none' CHECK (media_state IN ('none', 'preparing', 'ready', 'partial')),
  received_at      timestamptz NOT NULL,
  last_received_at timestamptz NOT NULL,
  settled_at       timestamptz
);
CREATE INDEX study_exam ON study (exam_id);
CREATE INDEX study_patient ON study (institution_id, patient_id);
CREATE INDEX study_accession ON study (institution_id, accession_number);
CREATE INDEX study_unsettled ON study (last_received_at) WHERE settled_at IS NULL;
CREATE INDEX study_unlinked ON study (received_at) WHERE link_state = 'unlinked';
CREATE INDEX study_date ON study (study_date, id);

CREATE TABLE series (
  id               bigint PRIMARY KEY,
  study_id         bigint NOT NULL REFERENCES study (id),
  series_instance_uid text NOT NULL UNIQUE,
  modality         text,
  series_number    integer,
  series_description text,
  body_part_examined text,
  laterality       text,
  series_date      text,
  series_time      text,
  protocol_name    text,
  manufacturer     text,
  station_name     text,
  frame_of_reference_uid text,
  instance_count   integer,                    -- at settle
  frame_count      integer,
  received_at      timestamptz NOT NULL
);
CREATE INDEX series_study ON series (study_id);

CREATE TABLE instance (
  id               bigint PRIMARY KEY,
  series_id        bigint NOT NULL REFERENCES series (id),
  study_id         bigint NOT NULL REFERENCES study (id),
  sop_instance_uid text NOT NULL UNIQUE,
  sop_class_uid    text NOT NULL,
  transfer_syntax_uid text NOT NULL,
  instance_number  integer,
  kind             text NOT NULL,              -- image, video, waveform, document, sr, presentation, key-object, segmentation, rt, other
  number_of_frames integer NOT NULL,           -- 0: no pixels
  rows             integer,
  columns          integer,
  bits_stored      integer,
  photometric_interpretation text,
  image_position   text,                       -- DS triplet as received
  image_orientation text,
  slice_location   text,
  content_date     text,
  content_time     text,
  dataset_sha256   text,                       -- of the data set after the file meta information; null until it is compared
  dataset_offset   integer NOT NULL,           -- where the data set starts in the blob
  pixel_layout     text,                       -- JSON: where the frames are in the blob (archive/pixel-layout.ts)
  blob_id          bigint NOT NULL REFERENCES blob (id),
  size_bytes       bigint NOT NULL,
  source           text NOT NULL,              -- dimse:AET, stow:client, import
  media_state      text NOT NULL DEFAULT 'waiting' CHECK (media_state IN ('waiting', 'ready', 'none', 'failed')),
  media_error      text,
  received_at      timestamptz NOT NULL
);
CREATE INDEX instance_series ON instance (series_id, instance_number);
CREATE INDEX instance_study ON instance (study_id);
CREATE INDEX instance_media_waiting ON instance (study_id) WHERE media_state = 'waiting';
CREATE INDEX instance_blob ON instance (blob_id);

-- What could not be taken in, kept with its bytes and a reason that a person can read.
CREATE TABLE quarantine (
  id               bigint PRIMARY KEY,
  kind             text NOT NULL CHECK (kind IN ('dicom', 'hl7', 'report')),
  reason_code      text NOT NULL,
  reason           text NOT NULL,
  source           text NOT NULL,
  study_instance_uid text,
  sop_instance_uid text,
  blob_id          bigint REFERENCES blob (id),
  size_bytes       bigint,
  received_at      timestamptz NOT NULL,
  resolved_at      timestamptz,
  resolution       text,
  resolved_by      bigint
);
CREATE INDEX quarantine_open ON quarantine (received_at DESC) WHERE resolved_at IS NULL;
CREATE INDEX quarantine_sop ON quarantine (sop_instance_uid) WHERE sop_instance_uid IS NOT NULL;

-- ── media: renditions of instances and series ───────────────────────────────────────────────────────
CREATE TABLE rendition (
  id               bigint PRIMARY KEY,
  study_id         bigint NOT NULL REFERENCES study (id),
  series_id        bigint REFERENCES series (id),
  instance_id      bigint REFERENCES instance (id),
  kind             text NOT NULL CHECK (kind IN ('htj2k', 'film', 'thumbnail', 'series-metadata', 'waveform-page', 'document-page')),
  blob_id          bigint NOT NULL REFERENCES blob (id),
  media_type       text NOT NULL,
  frame_count      integer NOT NULL,
  frame_index      text NOT NULL,              -- JSON: [[offset, length, [prefix lengths]], ...] per frame
  derived          text NOT NULL DEFAULT '{}', -- JSON: decoded description (bits, photometric, min, max, lossy flag ...)
  size_bytes       bigint NOT NULL,
  created_at       timestamptz NOT NULL
);
CREATE UNIQUE INDEX rendition_instance ON rendition (instance_id, kind) WHERE instance_id IS NOT NULL;
CREATE UNIQUE INDEX rendition_series ON rendition (series_id, kind) WHERE instance_id IS NULL AND series_id IS NOT NULL;
CREATE INDEX rendition_study ON rendition (study_id);

-- ── reports ─────────────────────────────────────────────────────────────────────────────────────────
CREATE TABLE report (
  id               bigint PRIMARY KEY,
  institution_id   bigint NOT NULL REFERENCES institution (id),
  exam_id          bigint REFERENCES exam (id),
  patient_id       bigint REFERENCES patient (id),
  report_number    text NOT NULL,              -- OBR-3 / TXA-12, else accession number
  accession_number text,
  study_instance_uids text,                    -- space separated, as named by the report
  state            text NOT NULL CHECK (state IN ('preliminary', 'final', 'corrected', 'withdrawn')),
  current_version  integer NOT NULL,
  link_state       text NOT NULL CHECK (link_state IN ('linked', 'unlinked')),
  link_reason      text,
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL,
  UNIQUE (institution_id, report_number)
);
CREATE INDEX report_exam ON report (exam_id);
CREATE INDEX report_accession ON report (institution_id, accession_number);
CREATE TABLE report_version (
  id               bigint PRIMARY KEY,
  report_id        bigint NOT NULL REFERENCES report (id),
  version          integer NOT NULL,
  state            text NOT NULL CHECK (state IN ('preliminary', 'final', 'corrected', 'withdrawn')),
  title            text NOT NULL,
  findings         text,
  impression       text,
  body             text,                       -- text that has no such parts
  author           text,
  verifier         text,
  reported_at      timestamptz,
  verified_at      timestamptz,
  source_form      text NOT NULL CHECK (source_form IN ('text', 'pdf', 'jpeg')),
  content_sha256   text NOT NULL,              -- of text and received files: tells a repeat from a correction
  hl7_message_id   bigint,
  pdf_blob_id      bigint REFERENCES blob (id),      -- as received, or made by us
  pdf_made         boolean NOT NULL DEFAULT false,
  page_count       integer,                    -- null until the pages are made
  created_at       timestamptz NOT NULL,
  UNIQUE (report_id, version)
);
CREATE TABLE report_page (
  report_version_id bigint NOT NULL REFERENCES report_version (id),
  page             integer NOT NULL,
  blob_id          bigint NOT NULL REFERENCES blob (id),
  width            integer NOT NULL,
  height           integer NOT NULL,
  received         boolean NOT NULL,           -- a JPEG page as received, not made by us
  PRIMARY KEY (report_version_id, page)
);

-- ── share and notify ────────────────────────────────────────────────────────────────────────────────
CREATE TABLE share_link (
  id               bigint PRIMARY KEY,
  code_hash        text NOT NULL UNIQUE,       -- SM3 of the opaque code in /r/:code; the code itself is nowhere
  kind             text NOT NULL CHECK (kind IN ('notice', 'report-qr')),
  exam_id          bigint NOT NULL REFERENCES exam (id),
  person_id        bigint NOT NULL,
  created_at       timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  revoked_at       timestamptz,
  revoked_reason   text,
  last_opened_at   timestamptz
);
CREATE INDEX share_link_exam ON share_link (exam_id);
CREATE TABLE sms_code (
  id               bigint PRIMARY KEY,
  share_link_id    bigint NOT NULL REFERENCES share_link (id),
  code_hash        text NOT NULL,
  tries            integer NOT NULL DEFAULT 0,
  created_at       timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  used_at          timestamptz
);
CREATE INDEX sms_code_link ON sms_code (share_link_id, created_at DESC);
CREATE TABLE sms_message (
  id               bigint PRIMARY KEY,
  dedupe_key       text NOT NULL UNIQUE,       -- report-ready:<exam>:<report>:<version>, login-code:<sms_code>
  template         text NOT NULL,              -- report-ready, report-revised, report-withdrawn, login-code
  exam_id          bigint,
  phone            text NOT NULL,
  body             text NOT NULL,              -- link codes and log-in codes are blotted out
  state            text NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
  gateway          text,
  gateway_id       text,
  error            text,
  created_at       timestamptz NOT NULL,
  sent_at          timestamptz
);
CREATE INDEX sms_message_created ON sms_message (created_at DESC);
CREATE TABLE publication_rule (
  version          integer PRIMARY KEY,
  rule             text NOT NULL,              -- JSON (share/publication-rule.ts)
  created_at       timestamptz NOT NULL,
  created_by       bigint
);
-- What the rule decided for an exam last, and which report version its patient was told about.
CREATE TABLE publication (
  exam_id          bigint PRIMARY KEY REFERENCES exam (id),
  rule_version     integer NOT NULL,           -- 0: the rule built in
  rule_name        text NOT NULL,
  announced_kind   text CHECK (announced_kind IN ('ready', 'revised', 'withdrawn')),
  announced_report_id bigint,
  announced_version integer,
  evaluated_at     timestamptz NOT NULL
);
-- Which exams a person has opened: the unread mark of the list (written by portal).
CREATE TABLE exam_opened (
  exam_id          bigint NOT NULL REFERENCES exam (id),
  person_id        bigint NOT NULL,
  first_opened_at  timestamptz NOT NULL,
  PRIMARY KEY (exam_id, person_id)
);

-- What phones received, in profile demo only: the SMS simulator's own memory. Production never writes it.
CREATE TABLE demo_outbox (
  id               bigint PRIMARY KEY,
  phone            text NOT NULL,
  body             text NOT NULL,
  created_at       timestamptz NOT NULL
);
CREATE INDEX demo_outbox_created ON demo_outbox (created_at DESC);
