// What the room fetches when it goes over to the graphics card; everything of Cornerstone comes with it.
export { onContextLost } from './engine.ts';
export { openGpuSurface } from './gpu-surface.ts';
