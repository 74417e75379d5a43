/** The few line icons of the page, drawn here: no icon font, no request. Decoration only; the control names itself. */

const paths = {
  brand: 'M8.5 7 4 12l4.5 5M15.5 7 20 12l-4.5 5',
  close: 'M6 6l12 12M18 6 6 18',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.700l1-1',
  menu: 'M5 7h14M5 12h14M5 17h14',
  files: 'M6 3.500h7l5 5V20.500H6ZM13 3.500v5h5',
  people:
    'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM2.500 19.500a6.500 6.500 0 0 1 13 0M16 4.300a3.500 3.500 0 0 1 0 6.400M18 13.800a6.500 6.500 0 0 1 3.500 5.700',
  tab: 'M4 12h12M12 7l5 5-5 5M20 6v12',
  left: 'M15 5l-7 7 7 7',
  right: 'M9 5l7 7-7 7',
  up: 'M5 15l7-7 7 7',
  down: 'M5 9l7 7 7-7',
  undo: 'M4 9h10a5.500 5.500 0 0 1 0 11h-4M8 5 4 9l4 4',
  redo: 'M20 9H10a5.500 5.500 0 0 0 0 11h4M16 5l4 4-4 4',
  refresh: 'M20 11a8 8 0 1 0-2.300 6.300M20 5v6h-6',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20a7.5 7.5 0 0 1 15 0',
  check: 'M5 12.5 10 17l9-10',
  plus: 'M12 5v14M5 12h14',
  more: 'M12 5v.2M12 12v.2M12 19v.2',
  chevron: 'M9 6l6 6-6 6',
  folder: 'M3.500 6.500h6l2 2.500h9v10.500h-17Z',
  upload: 'M12 16V5M7 9.500 12 5l5 4.500M5 19.500h14',
  download: 'M12 5v11M7 11.500 12 16l5-4.500M5 19.500h14',
  warning: 'M12 4 2.8 19.500h18.400L12 4ZM12 10v4.500M12 17v.2',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
