/** Starts the page. */
import { mount } from 'svelte';
import App from './App.svelte';
import { updates } from './offline/updates.svelte.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/print.css';

const target = document.getElementById('page');
if (!target) throw new Error('index.html has no element with the id page');
mount(App, { target });

// After the page: what is shown first is not to wait for what is stored for later. In development files change all the time.
if (import.meta.env.PROD) addEventListener('load', () => void updates.register(), { once: true });
