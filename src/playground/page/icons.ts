/** Line drawings on a 20 by 20 grid. */
const paths = {
  hash: 'M8 3 6.5 17M13.5 3 12 17M3.5 7.5h13M3 12.5h13',
  bolt: 'M11 2.5 4.5 11H9l-.5 6.5L15.5 9H11z',
  plus: 'M10 4v12M4 10h12',
  send: 'M3.5 10 3 3.8c0-.5.5-.9 1-.7l12.6 6.2c.6.3.6 1.1 0 1.4L4 16.9c-.5.2-1-.2-1-.7zm0 0h6.5',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  reply: 'M8 5 3.5 9.5 8 14M3.5 9.5H11a5.5 5.5 0 0 1 5.5 5.5v.5',
  eye: 'M2 10s3-5.5 8-5.5 8 5.5 8 5.5-3 5.5-8 5.5S2 10 2 10zm8 2.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z',
  close: 'M5 5l10 10M15 5 5 15',
  down: 'M5 7.5l5 5 5-5',
  right: 'M7.5 5l5 5-5 5',
  sun: 'M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M15.7 4.3l-1.1 1.1M5.4 14.6l-1.1 1.1',
  moon: 'M16.5 11.8A6.8 6.8 0 0 1 8.2 3.5a6.8 6.8 0 1 0 8.3 8.3z',
  auto: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 3v14M12.5 4v12M15 6v8',
  check: 'M4.5 10.5l3.5 3.5 7.5-8',
  warn: 'M10 3 1.8 16.5h16.4zM10 8v4M10 14.4v.01',
  info: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 9.2v4.5M10 6.4v.01',
  people:
    'M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 16.5c0-3 2.4-4.5 5.5-4.5s5.5 1.5 5.5 4.5M13 3.8a3 3 0 0 1 0 5.4M15.3 12.4c1.7.6 2.7 2 2.7 4.1',
  home: 'M3.5 9 10 3.5 16.5 9v7.5h-4.3v-5H7.8v5H3.5z',
  chat: 'M3 4.5h14v9.5H9L5 17v-3H3z',
  cluster: 'M10 2.5 16.5 6v8L10 17.5 3.5 14V6zM3.5 6 10 9.6 16.5 6M10 9.6v7.9',
  clock: 'M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 5.5V10l3 2',
  columns: 'M3 4h14v12H3zM10 4v12',
  paper: 'M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5',
} as const;

export type IconName = keyof typeof paths;

const svg = 'http://www.w3.org/2000/svg';

/** A drawing beside words, or in a button that has a name of its own: screen readers pass over it. */
export function icon(name: IconName, size = 18): SVGSVGElement {
  const drawing = document.createElementNS(svg, 'svg');
  const attributes = {
    viewBox: '0 0 20 20',
    width: size,
    height: size,
    'aria-hidden': 'true',
    class: `icon icon-${name}`,
  };
  for (const [key, value] of Object.entries(attributes)) drawing.setAttribute(key, String(value));
  const line = document.createElementNS(svg, 'path');
  line.setAttribute('d', paths[name]);
  drawing.append(line);
  return drawing;
}
