// A sheet from the lower edge (a card in the middle on wide screens), on the native dialog: focus stays inside, Esc
// and a tap beside it close it.
import { useT } from '@yunying/ui';
import { X } from 'lucide-react';
import { type ReactElement, type ReactNode, useEffect, useId, useRef } from 'react';

export function Sheet(props: { title: string; onClose: () => void; children: ReactNode }): ReactElement {
  const t = useT();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element === null || element.open) return;
    // Before Safari 15.4 there is no modal dialog: shown plainly, closed by its own button.
    if (typeof element.showModal === 'function') element.showModal();
    else element.setAttribute('open', '');
    return () => element.close?.();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc is the dialog's own; the click only serves the scrim
    <dialog
      ref={dialog}
      className="sheet"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) props.onClose();
      }}
    >
      <div className="sheet-inner">
        <div className="sheet-head">
          <h2 id={titleId}>{props.title}</h2>
          <button type="button" className="icon-button" onClick={props.onClose} aria-label={t('ui.close')}>
            <X aria-hidden="true" />
          </button>
        </div>
        {props.children}
      </div>
    </dialog>
  );
}
