-- Hanging protocols of the hospital: every saved list stays, the newest is in force; without a row the list that comes
-- with the product is. Same rules as the first migration. Written by the module portal.
CREATE TABLE hanging_version (
  version          integer PRIMARY KEY,
  protocols        text NOT NULL,              -- JSON, packages/api hanging.ts
  saved_at         timestamptz NOT NULL,
  saved_by         text                        -- name of the account
);
