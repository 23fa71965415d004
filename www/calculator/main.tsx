//! The calculator's entry: the same in the app, in the one file, and in the extension.

import { start } from '@yinxin/ui/start.js';
import { App } from './app.js';

start(<App />);
