// Which rows of a long list have to exist. All rows are equally high, so this is arithmetic: nothing is kept per row, and a
// list of a million costs what a list of ten does.

/** The tallest element made, in px: Firefox lays out 17.8 million, Chromium and Safari 33.5 million. Beyond it the scroll bar is coarser than the rows. */
export const tallest = 15_000_000;

export interface Geometry {
  count: number;
  /** Height of a row, px. */
  row: number;
  /** Height of what is seen, px. */
  view: number;
}

export interface Window {
  first: number;
  /** Behind the last row. */
  end: number;
  /** How far the rows are moved from where they would stand in an element as high as all rows, px. */
  shift: number;
}

export function bodyHeight({ count, row }: Geometry): number {
  return Math.min(count * row, tallest);
}

/** How far into the list a scroll position is, px. */
export function listOffset(geometry: Geometry, scrollTop: number): number {
  const full = geometry.count * geometry.row;
  const body = bodyHeight(geometry);
  const most = body - geometry.view;
  if (full === body || most <= 0) return scrollTop;
  return (Math.min(scrollTop, most) / most) * (full - geometry.view);
}

/** The scroll position that shows the list from offset on. */
export function scrollOffset(geometry: Geometry, offset: number): number {
  const full = geometry.count * geometry.row;
  const body = bodyHeight(geometry);
  if (full === body) return offset;
  return (offset / (full - geometry.view)) * (body - geometry.view);
}

export function windowOf(geometry: Geometry, scrollTop: number, overscan: number): Window {
  const offset = Math.max(0, listOffset(geometry, scrollTop));
  const first = Math.floor(offset / geometry.row) - overscan;
  const end = Math.ceil((offset + geometry.view) / geometry.row) + overscan;
  return {
    first: Math.max(0, Math.min(first, geometry.count)),
    end: Math.max(0, Math.min(end, geometry.count)),
    shift: scrollTop - offset,
  };
}

/** Where to scroll so that a row is seen, with a row to spare; undefined where it is seen already. */
export function bringing(geometry: Geometry, scrollTop: number, index: number): number | undefined {
  const { row, view, count } = geometry;
  const offset = listOffset(geometry, scrollTop);
  const spare = view > row * 4 ? row : 0;
  const top = index * row;
  const wanted =
    top - spare < offset ? Math.max(0, top - spare)
    : top + row + spare > offset + view ? Math.min(count * row, top + row + spare) - view
    : offset;
  const bounded = Math.max(0, wanted);
  return bounded === offset ? undefined : scrollOffset(geometry, bounded);
}
