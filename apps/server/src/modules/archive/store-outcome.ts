// What storing one object can end in, for the three doors (C-STORE, STOW-RS, import) to answer in their own words.
import type { RejectionCode } from './rejection.ts';

/** Who sends, and the rules that hold for this sender. */
export type StoreSource = {
  kind: 'dimse' | 'stow' | 'import';
  /** AE title, client name, or 'import'; kept in instance.source as kind:name. */
  name: string;
  institutionId: string | null;
  onConflict: 'refuse' | 'accept';
  /** STOW-RS to /studies/{study}: objects of other studies are refused. */
  studyInstanceUid?: string;
  /** Character set to read text with when the object declares none. */
  charset?: string | null;
};

/** C-STORE only: what the command and the presentation context say about a data set without file meta information. */
export type StoreHints = { transferSyntaxUid: string; sopClassUid: string; sopInstanceUid: string };

export type ObjectIdentity = {
  studyInstanceUid: string;
  seriesInstanceUid: string;
  sopInstanceUid: string;
  sopClassUid: string;
};

export type StoreOutcome =
  | (ObjectIdentity & { outcome: 'stored' | 'duplicate' })
  /** Same SOP Instance UID, other content: kept aside. `accepted`: the node's rule says to answer success. */
  | (ObjectIdentity & { outcome: 'conflict'; accepted: boolean; quarantineId: string })
  | {
      outcome: 'refused';
      reason: RejectionCode;
      sentence: string;
      sopInstanceUid: string | null;
      sopClassUid: string | null;
      /** null: the bytes were not worth keeping (not DICOM at all). */
      quarantineId: string | null;
    };
