-- Queries whose time does not grow with the archive (archive/query), and how the large tables are kept (ADR 13).
--
-- On a large archive: this migration runs in one transaction and locks the tables it changes against writing while it
-- builds (measured: see ADR 13; about a minute for a million studies, nothing is read from the instances). Where that is
-- too long, build the indexes named below beforehand with CREATE INDEX CONCURRENTLY under the same names; they are then
-- left as they are. The keys of names and modalities are made anew from the studies in any case.
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
