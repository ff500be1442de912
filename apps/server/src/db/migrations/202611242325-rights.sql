-- Grants that a second person must approve hold only from then on. Written by the module access.
ALTER TABLE access_grant
  ADD COLUMN needs_approval boolean NOT NULL DEFAULT false,
  ADD COLUMN approved_at timestamptz,
  ADD COLUMN replaces_id bigint,             -- the grant that is taken back when this one is approved
  ADD CONSTRAINT access_grant_two_persons CHECK (approved_by IS NULL OR granted_by IS NULL OR approved_by <> granted_by);
CREATE INDEX access_grant_listed ON access_grant (subject_kind, subject_id, id DESC);
