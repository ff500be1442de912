-- Several stores and second copies (module: blob). How far each mirror store has been filled, and the order of the
-- scrubber. Copies not yet read back are found by blob_unsealed; leaving them out keeps the store path as it was.
CREATE TABLE store_mirror (
  store_id         bigint PRIMARY KEY REFERENCES store (id),
  copied_to        bigint NOT NULL DEFAULT 0,        -- every blob up to this id has been looked at
  updated_at       timestamptz NOT NULL
);
CREATE INDEX blob_copy_scrub ON blob_copy (verified_at, id) WHERE state = 'live' AND verified_at IS NOT NULL;
CREATE INDEX blob_copy_lost ON blob_copy (blob_id) WHERE state = 'lost';
