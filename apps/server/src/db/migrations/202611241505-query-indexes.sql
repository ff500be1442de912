-- Queries whose time does not grow with the archive (archive/query), and how the large tables are kept (ADR 13).
--
-- On a large archive: this migration runs in one transaction and locks study, exam and patient against writing while it
-- builds: some minutes for a million studies, whatever the number of instances (nothing is read from them). It rewrites
-- every exam once and needs 3 GB of disk for a million studies. Plan it for a night, or build the indexes of study named
-- below beforehand with CREATE INDEX CONCURRENTLY under the same names (they are then left as they are). Afterwards
-- VACUUM study, exam, study_name_key, study_modality: index-only scans are quick on vacuumed pages.
LOCK TABLE study IN SHARE ROW EXCLUSIVE MODE;

-- ── newest first: everything that is compared on the way stands in the index ─────────────────────────
CREATE INDEX IF NOT EXISTS study_newest_first ON study ((coalesce(study_date, '')), id)
  INCLUDE (study_date, patient_name_search, modalities, settled_at, institution_id) WHERE hidden_at IS NULL;
DROP INDEX study_newest;
DROP INDEX study_patient;                      -- a beginning of study_of_patient

-- ── keys of names carry the day, so that the matches of a prefix are sorted without their studies ────
CREATE TABLE name_key_of_day AS
  SELECT k.study_id, k.key, coalesce(study.study_date, '') AS day
  FROM study_name_key k JOIN study ON study.id = k.study_id ORDER BY k.study_id, k.key;
DROP TABLE study_name_key;
ALTER TABLE name_key_of_day RENAME TO study_name_key;
ALTER TABLE study_name_key
  ALTER COLUMN study_id SET NOT NULL,
  ALTER COLUMN key SET NOT NULL,
  ALTER COLUMN day SET NOT NULL,               -- as coalesce(study.study_date, '')
  ADD CONSTRAINT study_name_key_pkey PRIMARY KEY (study_id, key),
  ADD CONSTRAINT study_name_key_study_id_fkey FOREIGN KEY (study_id) REFERENCES study (id) ON DELETE CASCADE;
CREATE INDEX study_name_key_newest ON study_name_key (key text_pattern_ops, day, study_id);

CREATE OR REPLACE FUNCTION keep_study_name_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN DELETE FROM study_name_key WHERE study_id = NEW.id; END IF;
  INSERT INTO study_name_key (study_id, key, day)
    SELECT NEW.id, key, coalesce(NEW.study_date, '') FROM study_name_keys(NEW.patient_name_search) AS key;
  RETURN NULL;
END $$;
DROP TRIGGER study_name_keys_changed ON study;
CREATE TRIGGER study_name_keys_changed AFTER UPDATE OF patient_name_search, study_date ON study
  FOR EACH ROW WHEN (OLD.patient_name_search IS DISTINCT FROM NEW.patient_name_search
    OR OLD.study_date IS DISTINCT FROM NEW.study_date)
  EXECUTE FUNCTION keep_study_name_keys();

-- ── modalities of settled studies, newest first (kept by trigger from study.modalities) ──────────────
CREATE TABLE study_modality (
  study_id         bigint NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  modality         text NOT NULL,
  day              text NOT NULL,
  PRIMARY KEY (study_id, modality)
);
INSERT INTO study_modality (study_id, modality, day)
  SELECT DISTINCT id, modality, coalesce(study_date, '') FROM study, unnest(string_to_array(modalities, '\')) AS modality
  WHERE modality <> '' ORDER BY id;
CREATE INDEX study_modality_newest ON study_modality (modality, day, study_id);
DROP INDEX series_modality;                    -- nothing asks for it any more

CREATE FUNCTION keep_study_modalities() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN DELETE FROM study_modality WHERE study_id = NEW.id; END IF;
  INSERT INTO study_modality (study_id, modality, day)
    SELECT DISTINCT NEW.id, modality, coalesce(NEW.study_date, '')
    FROM unnest(string_to_array(NEW.modalities, '\')) AS modality WHERE modality <> '';
  RETURN NULL;
END $$;
CREATE TRIGGER study_modalities_new AFTER INSERT ON study
  FOR EACH ROW WHEN (NEW.modalities IS NOT NULL) EXECUTE FUNCTION keep_study_modalities();
CREATE TRIGGER study_modalities_changed AFTER UPDATE OF modalities, study_date ON study
  FOR EACH ROW WHEN (OLD.modalities IS DISTINCT FROM NEW.modalities OR OLD.study_date IS DISTINCT FROM NEW.study_date)
  EXECUTE FUNCTION keep_study_modalities();

-- ── visible studies of each day: where an offset lies (query/repo-days.ts) ───────────────────────────
-- Changes are added as rows, never counted up in place, so that nobody waits; they are folded in the night.
CREATE TABLE study_day_count (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  day              text NOT NULL,
  studies          bigint NOT NULL
);
INSERT INTO study_day_count (day, studies)
  SELECT coalesce(study_date, ''), count(*) FROM study WHERE hidden_at IS NULL GROUP BY 1 ORDER BY 1;
CREATE FUNCTION count_study_days() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.hidden_at IS NULL THEN
    INSERT INTO study_day_count (day, studies) VALUES (coalesce(OLD.study_date, ''), -1);
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.hidden_at IS NULL THEN
    INSERT INTO study_day_count (day, studies) VALUES (coalesce(NEW.study_date, ''), 1);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER study_days_counted AFTER INSERT OR DELETE ON study
  FOR EACH ROW EXECUTE FUNCTION count_study_days();
CREATE TRIGGER study_days_changed AFTER UPDATE OF study_date, hidden_at ON study
  FOR EACH ROW WHEN (OLD.study_date IS DISTINCT FROM NEW.study_date OR (OLD.hidden_at IS NULL) <> (NEW.hidden_at IS NULL))
  EXECUTE FUNCTION count_study_days();

-- ── the worklist (orders/find-exams-repo.ts): filters in the order of the list, the search box by index ───
LOCK TABLE exam, patient IN SHARE ROW EXCLUSIVE MODE;
DROP INDEX exam_at_desc;
DROP INDEX exam_type_at;
DROP INDEX exam_patient;
DROP INDEX patient_name;
DROP INDEX patient_name_key_prefix;

-- What an exam's patient is found by, |王小明|0007001234|wangxiaoming|…|, also what they were before a merge.
CREATE FUNCTION exam_search_text(patient_row bigint) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce('|' || string_agg(DISTINCT left(form, 64), '|') || '|', '') FROM (
    WITH known AS (SELECT id, name, patient_id FROM patient WHERE id = patient_row
      UNION ALL SELECT s.id, s.name, s.patient_id FROM patient p JOIN patient s ON s.id = p.merged_into_id WHERE p.id = patient_row)
    SELECT replace(name, '|', '') AS form FROM known UNION ALL SELECT replace(patient_id, '|', '') FROM known
    UNION ALL SELECT k.key FROM known JOIN patient_name_key k ON k.patient_id = known.id) AS forms
$$;
WITH forms AS MATERIALIZED (SELECT id, exam_search_text(id) AS text FROM patient)
  UPDATE exam SET search_text = forms.text FROM forms WHERE forms.id = exam.patient_id;
CREATE FUNCTION keep_exam_search_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.search_text := exam_search_text(NEW.patient_id); RETURN NEW; END $$;
CREATE TRIGGER exam_search_text_kept BEFORE INSERT OR UPDATE OF patient_id ON exam
  FOR EACH ROW EXECUTE FUNCTION keep_exam_search_text();
CREATE FUNCTION renew_exam_search_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE exam SET search_text = exam_search_text(patient_id)
  WHERE patient_id IN (SELECT id FROM patient WHERE id = NEW.id OR merged_into_id = NEW.id)
    AND search_text <> exam_search_text(patient_id);
  RETURN NULL;
END $$;
-- At the end of the transaction: the keys of a new name are written after it.
CREATE CONSTRAINT TRIGGER patient_renamed AFTER UPDATE OF name, name_pinyin, name_initials, patient_id, merged_into_id ON patient
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.name_pinyin IS DISTINCT FROM NEW.name_pinyin
    OR OLD.name_initials IS DISTINCT FROM NEW.name_initials OR OLD.patient_id IS DISTINCT FROM NEW.patient_id
    OR OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id)
  EXECUTE FUNCTION renew_exam_search_text();

CREATE INDEX IF NOT EXISTS exam_newest ON exam (exam_at DESC, id DESC)
  INCLUDE (exam_type, modality, status, institution_id, published_at, patient_id, accession_number, item_name, search_text)
  WHERE replaced_by_id IS NULL AND emptied_by_study IS NULL;
CREATE INDEX IF NOT EXISTS exam_type_newest ON exam (exam_type, exam_at DESC, id DESC) WHERE replaced_by_id IS NULL AND emptied_by_study IS NULL;
CREATE INDEX IF NOT EXISTS exam_status_newest ON exam (status, exam_at DESC, id DESC) WHERE replaced_by_id IS NULL AND emptied_by_study IS NULL;
CREATE INDEX IF NOT EXISTS exam_modality_newest ON exam (modality, exam_at DESC, id DESC) WHERE replaced_by_id IS NULL AND emptied_by_study IS NULL;
CREATE INDEX IF NOT EXISTS exam_item_newest ON exam (item_name, exam_at DESC, id DESC) WHERE replaced_by_id IS NULL AND emptied_by_study IS NULL;
CREATE INDEX IF NOT EXISTS exam_patient_newest ON exam (patient_id, exam_at DESC, id DESC) INCLUDE (replaced_by_id, emptied_by_study);
CREATE INDEX IF NOT EXISTS exam_accession_prefix ON exam (accession_number text_pattern_ops) WHERE accession_number IS NOT NULL;
CREATE INDEX IF NOT EXISTS patient_number ON patient (patient_id text_pattern_ops, id);
CREATE INDEX IF NOT EXISTS patient_name_found ON patient (name text_pattern_ops, id);
CREATE INDEX IF NOT EXISTS patient_name_key_found ON patient_name_key (key text_pattern_ops, patient_id);

-- The items that exams are named by, each once (kept by trigger): part of a name is looked for here.
CREATE TABLE exam_item (
  name             text PRIMARY KEY
);
-- Names in characters from the second character on (kept by trigger): people search by the given name.
CREATE TABLE patient_name_part (
  patient_id       bigint NOT NULL REFERENCES patient (id) ON DELETE CASCADE,
  part             text NOT NULL,
  PRIMARY KEY (patient_id, part)
);
INSERT INTO exam_item (name) SELECT DISTINCT item_name FROM exam;
CREATE FUNCTION keep_exam_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO exam_item (name) SELECT NEW.item_name
    WHERE NOT EXISTS (SELECT 1 FROM exam_item WHERE name = NEW.item_name) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER exam_item_new AFTER INSERT ON exam FOR EACH ROW EXECUTE FUNCTION keep_exam_item();
CREATE TRIGGER exam_item_changed AFTER UPDATE OF item_name ON exam
  FOR EACH ROW WHEN (OLD.item_name IS DISTINCT FROM NEW.item_name) EXECUTE FUNCTION keep_exam_item();

CREATE FUNCTION patient_name_parts(name text) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
  SELECT DISTINCT substr(name, at, 64) FROM generate_series(2, least(length(name), 32)) AS at
  WHERE name ~ '[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]'
$$;
INSERT INTO patient_name_part (patient_id, part) SELECT id, part FROM patient, patient_name_parts(name) AS part;
CREATE INDEX patient_name_part_found ON patient_name_part (part text_pattern_ops, patient_id);
CREATE FUNCTION keep_patient_name_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN DELETE FROM patient_name_part WHERE patient_id = NEW.id; END IF;
  INSERT INTO patient_name_part (patient_id, part) SELECT NEW.id, part FROM patient_name_parts(NEW.name) AS part;
  RETURN NULL;
END $$;
CREATE TRIGGER patient_name_parts_new AFTER INSERT ON patient FOR EACH ROW EXECUTE FUNCTION keep_patient_name_parts();
CREATE TRIGGER patient_name_parts_changed AFTER UPDATE OF name ON patient
  FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION keep_patient_name_parts();

-- ── how large tables are kept (ADR 13): clean in small steps, so that indexes can answer alone ────────
-- Nothing is rewritten here; the settings apply from now on.
ALTER TABLE study SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE exam SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE study_name_key SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.01);
ALTER TABLE study_modality SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.01);
ALTER TABLE study_day_count SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
-- Counts are written when a study settles: room for them on the same page.
ALTER TABLE series SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
-- Up to 100 million rows: a fifth of them (the standard) would be vacuumed once a year, for hours.
ALTER TABLE instance SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 1);
ALTER TABLE blob SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 1);
ALTER TABLE blob_copy SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 1);
ALTER TABLE rendition SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
-- Only ever added to: frozen with the first vacuum, so that no later one reads it again.
ALTER TABLE audit_event SET (autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_freeze_min_age = 0);
-- Queues: small, and every row is changed several times.
ALTER TABLE job SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE outbox_event SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
ANALYZE study;
ANALYZE exam;
ANALYZE study_name_key;
ANALYZE study_modality;
ANALYZE patient_name_part;
