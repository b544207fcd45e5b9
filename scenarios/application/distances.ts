/** How far machines of one site are from each other and from users, and how much the demand of a query varies, in every scenario. */
import { ms, uniform, us } from '../../sim-core/index.ts';

/** Of the demand of a load, a gamma distribution: its deviation is 1 / sqrt(SHAPE) of its mean. */
export const SHAPE = 25;
/** One way between machines of one site, at least and at most, and between a user and the site. */
export const NEAR_MIN = us(200);
export const NEAR_MAX = us(300);
export const FAR_MIN = ms(0.5);
export const FAR_MAX = ms(1.5);

export const nearby = uniform(NEAR_MIN, NEAR_MAX);
export const faraway = uniform(FAR_MIN, FAR_MAX);
