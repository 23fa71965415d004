//! The calculator's entry: the same in the app, in the one file, and in the extension.

import { render } from 'preact';
import { App } from './app.js';

document.body.replaceChildren();
render(<App />, document.body);
