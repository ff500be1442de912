// What the DICOMweb doors of the archive work with, and what they ask of the level above (the media module), which they
// may not import.
import type { Context } from '../../../context.ts';
import type { PlacedInstance } from '../archive-types.ts';

export type WebContext = Pick<Context, 'db' | 'blobs' | 'config' | 'log' | 'codec' | 'clock'>;

export type DicomwebPorts = {
  /** The blob of a series' metadata as the media module made it (gzip DICOM JSON), when it has. */
  findSeriesMetadata?: (seriesId: string) => Promise<{ blobId: string; encoding: 'gzip' } | null>;
  /** One frame as little endian octets; 1 is the first. */
  decodeFrame?: (instance: PlacedInstance, frame: number) => Promise<Uint8Array>;
};

/** What an address names: a study, one of its series, or an instance. */
export type Place = { study: string; series?: string; instance?: string };
