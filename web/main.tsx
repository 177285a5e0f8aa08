/** The console: one page, which asks the API for everything that it shows. */
import { render } from 'preact';
import { App } from './app';
import './style/main.css';

const place = document.getElementById('console');
if (place !== null) render(<App />, place);
