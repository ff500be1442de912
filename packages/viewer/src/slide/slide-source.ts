// The tiles of a slide for OpenSeadragon: levels of any size and scale, JPEG frames as they are stored, anything else as
// a lossless picture from the server. A tile that the object leaves out is simply not there.
import type { SlideImage } from '@yunying/api';
import OpenSeadragon from 'openseadragon';
import { frameOfTile, gridOf, type SlidePyramid } from './slide-levels.ts';

export type SlideSource = { source: OpenSeadragon.TileSource; setPath(path: number): void };

export function makeSlideSource(pyramid: SlidePyramid, seriesAddress: string): SlideSource {
  const { levels, finest } = pyramid;
  let path = 0;
  const at = (level: number): SlideImage => levels[level] ?? finest;
  const source = new OpenSeadragon.TileSource({
    width: finest.columns,
    height: finest.rows,
    tileWidth: finest.tileColumns,
    tileHeight: finest.tileRows,
    tileOverlap: 0,
    minLevel: 0,
    maxLevel: levels.length - 1,
  });
  const scaleOf = (level: number): number => at(level).columns / finest.columns;
  Object.assign(source, {
    getLevelScale: scaleOf,
    getTileWidth: (level: number) => at(level).tileColumns,
    getTileHeight: (level: number) => at(level).tileRows,
    getNumTiles: (level: number) => {
      const { x, y } = gridOf(at(level));
      return new OpenSeadragon.Point(x, y);
    },
    tileExists: (level: number, x: number, y: number) => {
      const image = levels[level];
      if (image === undefined || x < 0 || y < 0) return false;
      const grid = gridOf(image);
      return x < grid.x && y < grid.y && frameOfTile(image, pathIn(image, path), x, y) > 0;
    },
    getTileUrl: (level: number, x: number, y: number) => {
      const image = at(level);
      return tileAddress(seriesAddress, image, frameOfTile(image, pathIn(image, path), x, y));
    },
    getTileAjaxHeaders: (level: number) => ({ Accept: acceptOf(at(level)) }),
    hasTransparency: () => false,
  });
  return {
    source,
    setPath: (next) => {
      path = next;
    },
  };
}

export function tileAddress(seriesAddress: string, image: SlideImage, frame: number): string {
  const address = `${seriesAddress}/instances/${image.sopInstanceUid}/frames/${frame}`;
  return image.tileForm === 'jpeg' ? address : `${address}/rendered`;
}

export function acceptOf(image: SlideImage): string {
  return image.tileForm === 'jpeg' ? 'image/jpeg' : 'image/png';
}

function pathIn(image: SlideImage, path: number): number {
  return Math.min(path, image.opticalPaths.length - 1);
}
