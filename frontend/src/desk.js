import "htmx.org";
import "./common.js";
import "./places.js";
import "./room.js";
