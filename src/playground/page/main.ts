import { createClock } from './clock.ts';
import { createCluster } from './cluster.ts';
import { h } from './dom.ts';
import { createSlackWindow } from './slack/window.ts';
import { me, onChange, store, touch } from './store.ts';
import { follow, usualPerson } from './stream.ts';
import { createTeamsWindow } from './teams/window.ts';
import { applyTheme, createTopbar } from './topbar.ts';

const cluster = createCluster();
const clock = createClock();
const topbar = createTopbar(clock.opener, cluster.opener);
const slack = createSlackWindow();
const teams = createTeamsWindow();
document.body.prepend(...topbar.elements, h('main', { class: 'clients' }, slack.element, teams.element), cluster.panel);

onChange(() => {
  topbar.draw();
  clock.draw();
  const { state } = store;
  // Between two people nothing is shown of either.
  if (!state || !me()) return;
  slack.draw(state.slack);
  teams.draw(state.teams);
  cluster.draw();
});
// What came while the page was out of sight is read once it is in sight again.
document.addEventListener('visibilitychange', touch);
applyTheme();
follow(store.person || usualPerson);
