// Stands in for xmlbuilder2 in web bundles (see vite.ts): vtk.js pulls it in for XML files, which are never read
// here, and its Node `events` import breaks a browser.
export function create(): never {
  throw new Error('XML files are not read in the viewer');
}
export const fragment = create;
export const convert = create;
