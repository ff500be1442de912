// A small picture of an exam or a series, and the sign of its type while there is none or it cannot be loaded.
import type { ExamType } from '@yunying/api';
import {
  Activity,
  Atom,
  Bone,
  Eye,
  FileText,
  type LucideIcon,
  Microscope,
  ScanLine,
  Stethoscope,
  Video,
  Waves,
} from 'lucide-react';
import { type ReactElement, useState } from 'react';

const signs: Record<ExamType, LucideIcon> = {
  RAD: ScanLine,
  US: Waves,
  ES: Video,
  PATH: Microscope,
  ECG: Activity,
  DENT: Bone,
  PETCT: Atom,
  NM: Atom,
  OPH: Eye,
  OTHER: Stethoscope,
};

export function Thumb(props: { url: string | null; examType?: ExamType; eager?: boolean }): ReactElement {
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  const Sign = props.examType === undefined ? FileText : signs[props.examType];
  return (
    <span className="thumb">
      {props.url === null || props.url === failedUrl ? (
        <Sign aria-hidden="true" />
      ) : (
        <img
          src={props.url}
          alt=""
          loading={props.eager === true ? 'eager' : 'lazy'}
          decoding="async"
          onError={() => setFailedUrl(props.url)}
        />
      )}
    </span>
  );
}
