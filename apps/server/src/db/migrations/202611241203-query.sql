-- Queries that stay as fast when the archive grows: newest first by day, numbers by prefix, names by key.
CREATE INDEX study_newest ON study ((coalesce(study_date, '')), id);
CREATE INDEX study_patient_number ON study (patient_id text_pattern_ops);
CREATE INDEX study_accession_number ON study (accession_number text_pattern_ops);
CREATE INDEX study_of_patient ON study (institution_id, patient_id, id);
CREATE INDEX series_modality ON series (modality, study_id);

-- archive: what a study's patient name may be asked by (kept by trigger from study.patient_name_search).
CREATE TABLE study_name_key (
  study_id         bigint NOT NULL REFERENCES study (id) ON DELETE CASCADE,
  key              text NOT NULL,
  PRIMARY KEY (study_id, key)
);
CREATE INDEX study_name_key_prefix ON study_name_key (key text_pattern_ops, study_id);

-- Each form, the words of a form that has several, and the rest of a name in characters from each character on.
CREATE FUNCTION study_name_keys(forms text) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
  SELECT key FROM (
    SELECT left(form, 64) AS key FROM unnest(string_to_array(forms, '|')) AS form
    UNION
    SELECT left(word, 64) FROM unnest(string_to_array(forms, '|')) AS form,
                               unnest(string_to_array(form, ' ')) AS word
    WHERE position(' ' in form) > 0
    UNION
    SELECT substr(form, at, 64) FROM unnest(string_to_array(forms, '|')) AS form,
                                     generate_series(2, least(length(form), 32)) AS at
    WHERE form ~ '[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]'
  ) AS keys WHERE key <> ''
$$;
CREATE FUNCTION keep_study_name_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN DELETE FROM study_name_key WHERE study_id = NEW.id; END IF;
  INSERT INTO study_name_key (study_id, key) SELECT NEW.id, key FROM study_name_keys(NEW.patient_name_search) AS key;
  RETURN NULL;
END $$;
CREATE TRIGGER study_name_keys_new AFTER INSERT ON study FOR EACH ROW EXECUTE FUNCTION keep_study_name_keys();
CREATE TRIGGER study_name_keys_changed AFTER UPDATE OF patient_name_search ON study
  FOR EACH ROW WHEN (OLD.patient_name_search IS DISTINCT FROM NEW.patient_name_search)
  EXECUTE FUNCTION keep_study_name_keys();
INSERT INTO study_name_key (study_id, key) SELECT study.id, key FROM study, study_name_keys(patient_name_search) AS key;
