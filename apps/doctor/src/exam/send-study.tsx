// "Send to …": a doctor sends the study to a node that the information department allows, and sees how far it is. Shown
// only where there is such a node. A native dialog keeps the focus and closes on Escape.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type RoutingSend, type StudySends, type StudySummary } from '@yunying/api';
import { currentLanguage, formatDateTime, sentenceOf, useT } from '@yunying/ui';
import { Send } from 'lucide-react';
import { type ReactElement, useId, useRef, useState } from 'react';

const language = () => ({ language: currentLanguage() });
const isOpenSend = ({ state }: RoutingSend) => state === 'waiting' || state === 'sending';

function useSends(studyInstanceUid: string, isShown: boolean) {
  return useQuery({
    queryKey: ['sends', studyInstanceUid],
    queryFn: ({ signal }) => api.getStudySends(studyInstanceUid, { signal, ...language() }),
    retry: false,
    refetchInterval: (found) => (isShown && found.state.data?.sends.some(isOpenSend) ? 1_000 : false),
  });
}

export function SendStudy({ study }: { study: StudySummary }): ReactElement | null {
  const t = useT();
  const dialog = useRef<HTMLDialogElement>(null);
  const [isShown, setShown] = useState(false);
  const sends = useSends(study.studyInstanceUid, isShown);
  if (sends.data === undefined || sends.data.nodes.length === 0) return null;
  const open = () => {
    setShown(true);
    dialog.current?.showModal();
  };
  return (
    <>
      <button type="button" className="yy-button send-open" onClick={open}>
        <Send size={16} aria-hidden /> {t('send.open')}
      </button>
      <dialog
        ref={dialog}
        className="send-dialog"
        aria-label={t('send.title')}
        onClose={() => setShown(false)}
      >
        {isShown && <SendForm study={study} sends={sends.data} onClose={() => dialog.current?.close()} />}
      </dialog>
    </>
  );
}

function SendForm(props: { study: StudySummary; sends: StudySends; onClose(): void }): ReactElement {
  const t = useT();
  const id = useId();
  const cache = useQueryClient();
  const { studyInstanceUid } = props.study;
  const { nodes, sends } = props.sends;
  const [nodeId, setNodeId] = useState(nodes[0]?.id ?? '');
  const refresh = () => cache.invalidateQueries({ queryKey: ['sends', studyInstanceUid] });
  const send = useMutation({
    mutationFn: () => api.sendStudy(studyInstanceUid, nodeId, language()),
    onSettled: refresh,
  });
  const change = useMutation({
    mutationFn: ({ id: sendId, act }: { id: string; act: 'retry' | 'cancel' }) =>
      api.changeStudySend(studyInstanceUid, sendId, act, language()),
    onSettled: refresh,
  });
  const error = send.error ?? change.error;
  return (
    <>
      <h2>{t('send.title')}</h2>
      <label htmlFor={id}>{t('send.node')}</label>
      <select id={id} value={nodeId} onChange={(event) => setNodeId(event.target.value)}>
        {nodes.map((node) => (
          <option key={node.id} value={node.id}>
            {node.name}
          </option>
        ))}
      </select>
      <p className="soft">{t('send.note')}</p>
      {error !== null && <p role="alert">{sentenceOf(error)}</p>}
      <div className="send-buttons">
        <button
          type="button"
          className="yy-button"
          data-look="primary"
          disabled={send.isPending}
          onClick={() => send.mutate()}
        >
          {t('send.now')}
        </button>
        <button type="button" className="yy-button" onClick={props.onClose}>
          {t('send.close')}
        </button>
      </div>
      {sends.length > 0 && (
        <ul className="send-list" aria-live="polite">
          {sends.map((one) => (
            <li key={one.id}>
              <span>
                {one.nodeName} <Progress send={one} />
              </span>
              {one.own && one.state !== 'sent' && (
                <button
                  type="button"
                  className="yy-toggle"
                  disabled={change.isPending || one.cancelling}
                  onClick={() => change.mutate({ id: one.id, act: isOpenSend(one) ? 'cancel' : 'retry' })}
                >
                  {t(isOpenSend(one) ? 'send.cancel' : 'send.retry')}
                </button>
              )}
              <small className="soft">{formatDateTime(inHospital(one.finishedAt ?? one.createdAt))}</small>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The wire says UTC; people read the hospital's time (UTC+8, no summer time), whatever the zone of the computer. */
function inHospital(wire: string): string {
  return new Date(Date.parse(wire) + 8 * 3_600_000).toISOString().replace('Z', '+08:00');
}

function Progress({ send }: { send: RoutingSend }): ReactElement {
  const t = useT();
  const { state, sentCount, instanceCount } = send;
  return (
    <span className="send-state" data-state={state}>
      {t(send.cancelling ? 'send.state.cancelling' : `send.state.${state}`)}
      {instanceCount !== null && ` ${sentCount} / ${instanceCount}`}
    </span>
  );
}
