import 'uplot/dist/uPlot.min.css';
import './style.css';
import { render } from 'preact';
import { Console } from './console.tsx';

const place = document.querySelector('#console');
if (place === null) throw new Error('the page has no place for the console');
render(<Console />, place);
