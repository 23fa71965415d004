//! The viewer's entry: the same in the app and in the one file.

import { start } from '@yinxin/ui/start.js';
import { App } from './app.js';

start(<App />);
