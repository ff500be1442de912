// What the page hears of its line and of being looked at (viewer spec §4, §6): the network going and coming, the page
// hidden and shown. The sources of the room are told; nothing here knows of frames.
export type LineListener = {
  /** The browser says that there is a network again. */
  onBack(): void;
  /** Nobody looks at the page, or somebody does again. */
  onHidden(isHidden: boolean): void;
};

export function watchLine({ onBack, onHidden }: LineListener): () => void {
  const hidden = () => onHidden(document.visibilityState === 'hidden');
  addEventListener('online', onBack);
  document.addEventListener('visibilitychange', hidden);
  return () => {
    removeEventListener('online', onBack);
    document.removeEventListener('visibilitychange', hidden);
  };
}
