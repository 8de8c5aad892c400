import "./common.js";
import "./places.js";
