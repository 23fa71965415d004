//! The verify page's entry: the same in the app and in the one file.

import { render } from 'preact';
import { App } from './app.js';

document.body.replaceChildren();
render(<App />, document.body);
