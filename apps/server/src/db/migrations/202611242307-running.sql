-- Every change of a runtime setting, so that it can be seen and taken back. Same rules as the first migration.
-- Written by the module settings, in the transaction that changes the setting; rows are never changed.
CREATE TABLE setting_change (
  id               bigint PRIMARY KEY,
  key              text NOT NULL,
  before_value     integer NOT NULL,           -- what held until then, also where it was the default
  after_value      integer NOT NULL,
  changed_at       timestamptz NOT NULL,
  changed_by       bigint                      -- account; null: the platform itself
);
CREATE INDEX setting_change_key ON setting_change (key, id DESC);
