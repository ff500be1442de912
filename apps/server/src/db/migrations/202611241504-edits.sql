-- Study edits, second part: exams that an edit left without a study, rejections of more objects than one note names,
-- sends that a person takes back.
-- orders: an exam made from a study alone leaves every list while that study is merged away or hidden.
ALTER TABLE exam ADD COLUMN emptied_by_study text;           -- Study Instance UID; null: it is in the lists
CREATE INDEX exam_emptied_by_study ON exam (emptied_by_study) WHERE emptied_by_study IS NOT NULL;

-- archive/edits: the second and further key objects of one rejection (the first is study_edit.note_sop_instance_uid).
CREATE TABLE rejection_note (
  sop_instance_uid text PRIMARY KEY,
  edit_id          bigint NOT NULL REFERENCES study_edit (id)
);
CREATE INDEX rejection_note_edit ON rejection_note (edit_id);

-- routing: who asked, and whether it was taken back.
ALTER TABLE routing_send ADD COLUMN asked_by text;           -- staff:<account>; null: a rule or the command line
ALTER TABLE routing_send ADD COLUMN cancel_asked_at timestamptz;
ALTER TABLE routing_send DROP CONSTRAINT routing_send_state_check;
ALTER TABLE routing_send ADD CONSTRAINT routing_send_state_check
  CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'cancelled'));
CREATE INDEX routing_send_study ON routing_send (study_instance_uid, id DESC);
