// What an outgoing object may need beside its bytes: the corrections made to it since it was received, and another
// transfer syntax. One place, so that every door treats them alike.
export { lossyRatioFor } from '../compression/policies.ts';
export { readCorrections as correctionsOf } from '../edits/index.ts';
export {
  canTranscode as mayTranscode,
  canTranscodeLossy as mayTranscodeLossy,
  transcodeObject as transcoded,
} from '../transcode/transcode-object.ts';
