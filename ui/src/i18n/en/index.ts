import account from './account.json';
import alert from './alert.json';
import audit from './audit.json';
import demo from './demo.json';
import health from './health.json';
import inbox from './inbox.json';
import kit from './kit.json';
import login from './login.json';
import rule from './rule.json';
import search from './search.json';
import setup from './setup.json';
import shell from './shell.json';
import source from './source.json';
import tenancy from './tenancy.json';
import user from './user.json';
import view from './view.json';
import why from './why.json';

export default { account, alert, audit, demo, health, inbox, kit, login, rule, search, setup, shell, source, tenancy, user, view, why };
