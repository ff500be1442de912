-- How a reader's room is set up: which key does what, one row for each account. Same rules as the first
-- migration. Written by the module portal.
CREATE TABLE reader_preferences (
  account_id       bigint PRIMARY KEY,
  preferences      text NOT NULL,              -- JSON, packages/api reader-preferences.ts
  saved_at         timestamptz NOT NULL
);
