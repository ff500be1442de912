-- Who may see what beyond a role: grants with a reach, protected patients, break-glass. Written by the module access.
-- A grant gives a subject (account, machine client, node) the permissions of a role, or named ones, over the exams that
-- its reach covers. Doctors so far saw everything: those that exist keep it, as a grant that can be narrowed.
CREATE TABLE access_grant (
  id               bigint PRIMARY KEY,
  subject_kind     text NOT NULL CHECK (subject_kind IN ('account', 'client', 'node')),
  subject_id       text NOT NULL,
  role             text,                       -- a business role, or null where permissions are named
  permissions      text,                       -- space separated; null: those of the role
  reach            text NOT NULL,              -- JSON, policy/reach.ts; {} is everything
  level            smallint NOT NULL DEFAULT 4 CHECK (level BETWEEN 1 AND 5),   -- GB/T 39725-2020
  tags             text NOT NULL DEFAULT '-',  -- space separated security tags that it opens; - is none
  reason           text,
  valid_from       timestamptz NOT NULL,
  valid_to         timestamptz,
  granted_by       bigint,                     -- null: by the system
  approved_by      bigint,                     -- where a second person is asked for
  created_at       timestamptz NOT NULL,
  revoked_at       timestamptz,
  revoked_by       bigint,
  CHECK (role IS NOT NULL OR permissions IS NOT NULL)
);
CREATE INDEX access_grant_subject ON access_grant (subject_kind, subject_id) WHERE revoked_at IS NULL;

-- Roles that a hospital adds to the built-in ones (policy/business-roles.ts).
CREATE TABLE staff_role (
  name             text PRIMARY KEY,
  title            text NOT NULL,
  permissions      text NOT NULL,
  updated_at       timestamptz NOT NULL,
  updated_by       bigint
);

-- By which names the orders call a doctor: what "own patients" are decided by.
CREATE TABLE account_doctor_name (
  account_id       bigint NOT NULL REFERENCES account (id),
  name             text NOT NULL,
  PRIMARY KEY (account_id, name)
);
CREATE INDEX exam_ordering_doctor ON exam (patient_id) INCLUDE (ordering_doctor) WHERE ordering_doctor IS NOT NULL;

CREATE TABLE protection_label (
  id               bigint PRIMARY KEY,
  person_id        bigint REFERENCES person (id),
  exam_id          bigint REFERENCES exam (id),
  tag              text NOT NULL,              -- policy/labels.ts
  level            smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
  restriction      text NOT NULL CHECK (restriction IN ('none', 'pseudonym', 'break_glass', 'hidden')),
  source           text NOT NULL CHECK (source IN ('rule', 'hand')),
  rule_name        text,
  set_by           bigint,
  valid_from       timestamptz NOT NULL,
  valid_to         timestamptz,
  created_at       timestamptz NOT NULL,
  removed_at       timestamptz,
  removed_by       bigint,
  CHECK ((person_id IS NULL) <> (exam_id IS NULL))
);
CREATE INDEX protection_label_person ON protection_label (person_id) WHERE removed_at IS NULL AND person_id IS NOT NULL;
CREATE INDEX protection_label_exam ON protection_label (exam_id) WHERE removed_at IS NULL AND exam_id IS NOT NULL;

-- A named doctor may read one protected person for a time; the second person approves.
CREATE TABLE protection_grant (
  id               bigint PRIMARY KEY,
  person_id        bigint NOT NULL REFERENCES person (id),
  account_id       bigint NOT NULL REFERENCES account (id),
  reason           text NOT NULL,
  valid_from       timestamptz NOT NULL,
  valid_to         timestamptz NOT NULL,
  requested_by     bigint NOT NULL,
  requested_at     timestamptz NOT NULL,
  approved_by      bigint,
  approved_at      timestamptz,
  revoked_at       timestamptz,
  revoked_by       bigint,
  CHECK (approved_by IS NULL OR approved_by <> requested_by)
);
CREATE INDEX protection_grant_account ON protection_grant (account_id) WHERE approved_at IS NOT NULL AND revoked_at IS NULL;

CREATE TABLE break_glass (
  id               bigint PRIMARY KEY,
  account_id       bigint NOT NULL REFERENCES account (id),
  person_id        bigint NOT NULL REFERENCES person (id),
  reason           text NOT NULL,
  opened_at        timestamptz NOT NULL,
  until            timestamptz NOT NULL,
  ended_at         timestamptz,
  notified_at      timestamptz,                -- the patient was told
  reviewed_by      bigint,
  reviewed_at      timestamptz,
  verdict          text CHECK (verdict IN ('justified', 'not_justified')),
  note             text
);
CREATE INDEX break_glass_account ON break_glass (account_id, until);
CREATE INDEX break_glass_unreviewed ON break_glass (opened_at) WHERE reviewed_at IS NULL;

-- Ids are ordered by time and node: these are made once, below any id that a server makes.
INSERT INTO access_grant (id, subject_kind, subject_id, role, reach, reason, valid_from, created_at)
SELECT row_number() OVER (ORDER BY id), 'account', id::text, 'doctor', '{}', 'before grants existed', now(), now()
FROM account WHERE role = 'doctor';
