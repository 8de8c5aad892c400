"""What the forms of a verdict ask about its words, wherever one is given or written down."""

from django.utils.translation import gettext_lazy

MAY_READ = gettext_lazy("The body that carried it out may read these words (never whose they are)")
WHO_READS = gettext_lazy("Whoever supervises it reads them in any case.")
