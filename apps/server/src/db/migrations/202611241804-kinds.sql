-- Videos are kept a second time as an MP4 that browsers play; the original stays as it came.
ALTER TABLE rendition DROP CONSTRAINT rendition_kind_check;
ALTER TABLE rendition ADD CONSTRAINT rendition_kind_check
  CHECK (kind IN ('htj2k', 'film', 'thumbnail', 'series-metadata', 'waveform-page', 'document-page', 'lossy', 'video'));
