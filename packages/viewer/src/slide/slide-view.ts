// A whole slide in a viewport (PS3.3 A.32.8): deep zoom by OpenSeadragon on the tiles as they are stored, overview map,
// scale bar, magnification, lengths and areas, optical paths, and the label where it may be seen.
import './slide.css';
import type { Slide } from '@yunying/api';
import OpenSeadragon from 'openseadragon';
import { element, svg } from '../dom.ts';
import type { KindHost, KindView } from '../kinds/kind-view.ts';
import { makeSlideChrome, type SlideChrome } from './slide-chrome.ts';
import { drawAll, keepDrawings, loadDrawings } from './slide-drawings.ts';
import { pyramidOf, type SlidePoint, type SlidePyramid } from './slide-levels.ts';
import { readSlidePlace, writeSlidePlace } from './slide-place.ts';
import { makeSlideSource } from './slide-source.ts';
import { listenToDrawing, type SlideTool } from './slide-tools.ts';

export function openSlideView(root: HTMLElement, host: KindHost): KindView {
  const holder = element('div', { class: 'yv-slide', 'data-screen': host.screen });
  root.append(holder);
  const abort = new AbortController();
  let view: KindView | null = null;
  loadSlide(host, abort.signal).then(
    (slide) => {
      const pyramid = pyramidOf(slide);
      if (pyramid === null) {
        holder.append(element('p', { class: 'yv-empty' }, host.say('noImages')));
        return;
      }
      view = showSlide(holder, host, pyramid, slide.lossy);
    },
    () => {
      if (!abort.signal.aborted) holder.append(element('p', { class: 'yv-empty' }, host.say('kindFailed')));
    },
  );
  return {
    close: () => {
      abort.abort();
      view?.close();
      holder.remove();
    },
    place: () => view?.place() ?? host.place,
    zoomBy: (factor) => view?.zoomBy?.(factor),
    reset: () => view?.reset?.(),
  };
}

async function loadSlide(host: KindHost, signal: AbortSignal): Promise<Slide> {
  const response = await fetch(host.series.slideUrl ?? '', { credentials: 'same-origin', signal });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return (await response.json()) as Slide; // the server's own schema
}

function showSlide(holder: HTMLElement, host: KindHost, pyramid: SlidePyramid, isLossy: boolean): KindView {
  const address = `/dicom-web/studies/${host.studyInstanceUid}/series/${host.series.seriesInstanceUid}`;
  const { source, setPath } = makeSlideSource(pyramid, address);
  const start = readSlidePlace(host.place);
  const stage = element('div', { class: 'yv-slide-stage' });
  const layer = svg('svg', { class: 'yv-slide-drawings', 'aria-hidden': 'true' });
  holder.append(stage);
  const viewer = openViewer(stage, source, pyramid, host.screen === 'phone');
  viewer.canvas.append(layer);
  const key = `yunying.slide.${host.series.seriesInstanceUid}`;
  const drawings = loadDrawings(key);
  let tool: SlideTool = 'pan';
  let path = start?.path ?? 0;
  setPath(path);
  let timer = 0;
  const item = (): OpenSeadragon.TiledImage | null => viewer.world.getItemAt(0) ?? null;
  const { toImage, toScreen } = transforms(item);
  /** Pixels of the finest level in one of the screen. */
  const perScreenPx = (): number => {
    const zoom = viewer.viewport.getZoom(true);
    return pyramid.finest.columns / (zoom * viewer.viewport.getContainerSize().x);
  };
  const redraw = (): void => {
    if (item() === null) return;
    const um = pyramid.pixelUm;
    drawAll(layer, drawings, { um, toScreen, uncalibrated: host.say('uncalibrated') });
    chrome.draw({ tool, path, hasDrawings: drawings.length > 0, perScreenPx: perScreenPx() });
  };
  const strokes = listenToDrawing(viewer, {
    tool: () => tool,
    drawings,
    toImage,
    toScreen,
    changed: (isDone) => {
      if (isDone) keepDrawings(key, drawings);
      redraw();
    },
  });
  const chrome: SlideChrome = makeSlideChrome(host, pyramid, isLossy, address, {
    pickTool: (next) => {
      strokes.cancel();
      tool = next;
      holder.dataset.tool = next;
      redraw();
    },
    pickPath: (next) => {
      path = next;
      setPath(next);
      item()?.reset();
      viewer.forceRedraw();
      redraw();
    },
    removeLast: () => {
      if (!strokes.cancel()) drawings.pop();
      keepDrawings(key, drawings);
      redraw();
    },
    fit: () => viewer.viewport.goHome(),
    magnify: (umPerScreenPx) => {
      const um = pyramid.pixelUm?.x ?? 1;
      const width = viewer.viewport.getContainerSize().x;
      viewer.viewport.zoomTo((pyramid.finest.columns * um) / (width * umPerScreenPx));
    },
  });
  holder.append(...chrome.parts);
  const place = (): string => {
    if (item() === null) return host.place;
    const center = viewer.viewport.getCenter(false);
    return writeSlidePlace({ x: center.x, y: center.y, zoom: viewer.viewport.getZoom(false), path });
  };
  viewer.addHandler('open', () => {
    if (start !== null) {
      viewer.viewport.zoomTo(start.zoom, undefined, true);
      viewer.viewport.panTo(new OpenSeadragon.Point(start.x, start.y), true);
    }
    redraw();
  });
  viewer.addHandler('update-viewport', redraw);
  viewer.addHandler('animation-finish', () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => host.onPlace(place()), 300);
  });
  markFirst(viewer, item);
  return {
    close: () => {
      window.clearTimeout(timer);
      viewer.destroy();
    },
    place,
    zoomBy: (factor) => void viewer.viewport.zoomBy(factor),
    reset: () => void viewer.viewport.goHome(),
  };
}

function openViewer(
  stage: HTMLElement,
  source: OpenSeadragon.TileSource,
  { finest }: SlidePyramid,
  isPhone: boolean,
): OpenSeadragon.Viewer {
  const most = isPhone ? 104 : 176;
  const share = most / Math.max(finest.columns, finest.rows);
  const made = new OpenSeadragon.Viewer({
    element: stage,
    tileSources: source as unknown as OpenSeadragon.TileSourceOptions, // the types know only addresses
    drawer: 'canvas', // viewports of the reading room need the few WebGL contexts
    loadTilesWithAjax: true,
    ajaxWithCredentials: false, // same origin: the cookie goes along anyway
    showNavigationControl: false,
    showNavigator: true,
    navigatorPosition: 'TOP_RIGHT',
    navigatorWidth: Math.max(32, Math.round(finest.columns * share)),
    navigatorHeight: Math.max(32, Math.round(finest.rows * share)),
    navigatorAutoFade: false,
    maxZoomPixelRatio: 4,
    minZoomImageRatio: 0.7,
    visibilityRatio: 0.3,
    animationTime: 0.35,
    springStiffness: 9,
    imageLoaderLimit: isPhone ? 6 : 12,
    maxImageCacheCount: isPhone ? 120 : 400,
    timeout: 30_000,
    gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true, scrollToZoom: true },
    gestureSettingsTouch: { pinchRotate: false, clickToZoom: false, dblClickToZoom: true },
    silenceMultiImageWarnings: true,
  });
  // The library writes its own look into the element.
  Object.assign(made.navigator?.element.style ?? {}, {
    border: '1px solid #5b6774',
    background: '#f4f4f6',
    opacity: '1',
  });
  return made;
}

function transforms(item: () => OpenSeadragon.TiledImage | null) {
  return {
    toImage: ({ x, y }: SlidePoint): SlidePoint => {
      const at = item()?.viewerElementToImageCoordinates(new OpenSeadragon.Point(x, y));
      return { x: at?.x ?? 0, y: at?.y ?? 0 };
    },
    toScreen: ({ x, y }: SlidePoint): SlidePoint => {
      const at = item()?.imageToViewerElementCoordinates(new OpenSeadragon.Point(x, y));
      return { x: at?.x ?? 0, y: at?.y ?? 0 };
    },
  };
}

/** The marks by which the platform is measured. */
function markFirst(viewer: OpenSeadragon.Viewer, item: () => OpenSeadragon.TiledImage | null): void {
  viewer.addOnceHandler('tile-drawn', () => performance.mark('real-first'));
  const watch = (): void => {
    if (item()?.getFullyLoaded() === true) performance.mark('full-current', { detail: { index: 0 } });
  };
  viewer.addHandler('open', () => item()?.addHandler('fully-loaded-change', watch));
}
