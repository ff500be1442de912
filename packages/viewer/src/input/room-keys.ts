// The keyboard of the reading room: listens on the window while the room is open and turns keys into its actions.
import type { RoomActions } from '../chrome/room-actions.ts';
import { actionOf, type KeyAction, type OwnKeys } from './keys.ts';

export function listenToKeys(root: HTMLElement, actions: RoomActions, own: () => OwnKeys): () => void {
  const onKey = (event: KeyboardEvent): void => {
    // The reconstruction views over the room have keys of their own.
    if (root.dataset.volume !== undefined) return;
    const { target } = event;
    if (target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null)
      return;
    if (event.key === ' ' && target instanceof HTMLButtonElement && target.matches(':focus-visible')) return;
    const action = actionOf(event, own());
    if (action === null) return;
    event.preventDefault();
    act(action, actions);
  };
  // A button pressed by mouse gives the keys back to the room, so that Space plays and does not press again.
  root.addEventListener('click', (event) => {
    const pressed = event.target instanceof Element ? event.target.closest('button') : null;
    const isOpener = pressed?.hasAttribute('aria-haspopup') === true;
    if (event.detail > 0 && pressed !== null && !isOpener) root.focus({ preventScroll: true });
  });
  window.addEventListener('keydown', onKey);
  return () => window.removeEventListener('keydown', onKey);
}

function act(action: KeyAction, actions: RoomActions): void {
  switch (action.kind) {
    case 'step':
      actions.step(action.by);
      break;
    case 'first':
      actions.showFirst();
      break;
    case 'last':
      actions.showLast();
      break;
    case 'tool':
      actions.pickTool(action.tool);
      break;
    case 'preset':
      actions.pickPresetAt(action.index);
      break;
    case 'zoom':
      actions.zoomBy(action.factor);
      break;
    case 'series':
      actions.pickNeighbour(action.by);
      break;
    case 'remove':
      actions.removeMeasurement();
      break;
    case 'cine':
      actions.toggleCine();
      break;
    case 'layout':
      actions.nextLayout();
      break;
    case 'help':
      actions.toggleHelp();
      break;
    case 'exit':
      actions.leaveStep();
      break;
    default:
      actions[action.kind]();
  }
}
