// "上传心电": files of ECG carts that speak no DICOM (SCP-ECG, HL7 aECG) are brought in by hand; each says how it went, and
// what was stored opens from here. Shown to those who may.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, type EcgUploaded } from '@yunying/api';
import { currentLanguage, sentenceOf, useT } from '@yunying/ui';
import { HeartPulse } from 'lucide-react';
import { type ReactElement, useId, useRef, useState } from 'react';

type Brought = { at: number; name: string; answer: EcgUploaded | null; error: string | null };

const mostFiles = 20;

export function BringEcg(): ReactElement | null {
  const t = useT();
  const id = useId();
  const cache = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const [brought, setBrought] = useState<readonly Brought[]>([]);
  const [isBusy, setBusy] = useState(false);
  const door = useQuery({
    queryKey: ['ecg-door'],
    queryFn: ({ signal }) => api.getEcgDoor({ signal }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (door.data === undefined) return null;
  const { mostBytes } = door.data;
  const bring = async (files: readonly File[]) => {
    setBusy(true);
    for (const file of files.slice(0, mostFiles)) {
      const one = await bringFile(file, mostBytes, t('ecg.tooLarge'));
      setBrought((before) => [one, ...before]);
    }
    setBusy(false);
    await cache.invalidateQueries({ queryKey: ['exams'] });
  };
  return (
    <>
      <button type="button" className="rail-entry rail-ecg" onClick={() => dialog.current?.showModal()}>
        <HeartPulse size={16} aria-hidden /> {t('ecg.open')}
      </button>
      <dialog ref={dialog} className="send-dialog" aria-label={t('ecg.title')}>
        <h2>{t('ecg.title')}</h2>
        <label htmlFor={id}>{t('ecg.choose')}</label>
        <input
          id={id}
          type="file"
          multiple
          accept=".scp,.SCP,.xml,.XML,.ecg"
          disabled={isBusy}
          onChange={(event) => {
            const files = [...(event.target.files ?? [])];
            event.target.value = '';
            void bring(files);
          }}
        />
        <p className="soft">{t('ecg.note')}</p>
        <ul className="send-list" aria-live="polite">
          {brought.map((one) => (
            <BroughtRow key={one.at} one={one} />
          ))}
        </ul>
        <div className="send-buttons">
          <button type="button" className="yy-button" onClick={() => dialog.current?.close()}>
            {t('send.close')}
          </button>
        </div>
      </dialog>
    </>
  );
}

function BroughtRow({ one: { name, answer, error } }: { one: Brought }): ReactElement {
  const t = useT();
  const outcome = answer?.outcome ?? 'refused';
  const study = answer?.studyInstanceUid;
  const why = error ?? answer?.reason;
  return (
    <li>
      <span>
        {name}{' '}
        <span className="send-state" data-state={outcome === 'refused' ? 'failed' : 'sent'}>
          {t(`ecg.${outcome}`)}
        </span>
      </span>
      {study !== undefined && (
        <Link to="/doctor/view/$studyInstanceUid" params={{ studyInstanceUid: study }}>
          {t('ecg.read')}
        </Link>
      )}
      {why !== undefined && <small className="soft">{why}</small>}
    </li>
  );
}

async function bringFile(file: File, mostBytes: number, tooLarge: string): Promise<Brought> {
  if (file.size > mostBytes) return { at: performance.now(), name: file.name, answer: null, error: tooLarge };
  try {
    const answer = await api.uploadEcg(file, { language: currentLanguage() });
    return { at: performance.now(), name: file.name, answer, error: null };
  } catch (error) {
    return { at: performance.now(), name: file.name, answer: null, error: sentenceOf(error) };
  }
}
