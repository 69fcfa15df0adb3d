#include "core/text/locale.h"

#include <algorithm>

namespace pgexport {

namespace {

constexpr int kSunday = 0;
constexpr int kMonday = 1;

// The date has the name of its month, because 03/04 is another day on each side of the Atlantic.
constexpr Locale kEnglish = {
    .language = "en",
    .decimal = ".",
    .thousands = ",",
    .months = {"January", "February", "March", "April", "May", "June", "July", "August",
               "September", "October", "November", "December"},
    .short_months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
                     "Dec"},
    .weekdays = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
    .short_weekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
    .first_weekday = kSunday,
    .date_format = "mmm d, yyyy",
    .date_time_format = "mmm d, yyyy, hh:mm",
    .words = {.total = "Total",
              .subtotal = "Subtotal",
              .carried_forward = "Carried forward",
              .brought_forward = "Brought forward",
              .continued = "continued",
              .page_of_pages = "Page {page} of {pages}",
              .columns_of_columns = "Columns {from}–{to} of {count}",
              .no_data = "No data",
              .generated = "Generated",
              .contents = "Contents",
              .filters = "Filters",
              .previous_period = "previous period",
              .other = "Other",
              .empty = "(empty)",
              .yes = "yes",
              .no = "no",
              .sum = "Sum",
              .average = "Average",
              .minimum = "Minimum",
              .maximum = "Maximum",
              .count = "Count"},
};

constexpr Locale kGerman = {
    .language = "de",
    .decimal = ",",
    .thousands = ".",
    .months = {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
               "Oktober", "November", "Dezember"},
    .short_months = {"Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov",
                     "Dez"},
    .weekdays = {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
    .short_weekdays = {"So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"},
    .first_weekday = kMonday,
    .date_format = "dd.mm.yyyy",
    .date_time_format = "dd.mm.yyyy, hh:mm",
    .words = {.total = "Gesamt",
              .subtotal = "Zwischensumme",
              .carried_forward = "Übertrag",
              .brought_forward = "Übertrag",
              .continued = "Fortsetzung",
              .page_of_pages = "Seite {page} von {pages}",
              .columns_of_columns = "Spalten {from}–{to} von {count}",
              .no_data = "Keine Daten",
              .generated = "Erstellt",
              .contents = "Inhalt",
              .filters = "Filter",
              .previous_period = "Vorperiode",
              .other = "Sonstige",
              .empty = "(leer)",
              .yes = "ja",
              .no = "nein",
              .sum = "Summe",
              .average = "Mittelwert",
              .minimum = "Minimum",
              .maximum = "Maximum",
              .count = "Anzahl"},
};

constexpr Locale kFrench = {
    .language = "fr",
    .decimal = ",",
    .thousands = "\u202F",
    .months = {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
               "octobre", "novembre", "décembre"},
    .short_months = {"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.",
                     "oct.", "nov.", "déc."},
    .weekdays = {"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
    .short_weekdays = {"dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."},
    .first_weekday = kMonday,
    .date_format = "dd/mm/yyyy",
    .date_time_format = "dd/mm/yyyy hh:mm",
    .words = {.total = "Total",
              .subtotal = "Sous-total",
              .carried_forward = "À reporter",
              .brought_forward = "Report",
              .continued = "suite",
              .page_of_pages = "Page {page} sur {pages}",
              .columns_of_columns = "Colonnes {from}–{to} sur {count}",
              .no_data = "Aucune donnée",
              .generated = "Généré",
              .contents = "Sommaire",
              .filters = "Filtres",
              .previous_period = "période précédente",
              .other = "Autres",
              .empty = "(vide)",
              .yes = "oui",
              .no = "non",
              .sum = "Somme",
              .average = "Moyenne",
              .minimum = "Minimum",
              .maximum = "Maximum",
              .count = "Nombre"},
};

constexpr Locale kSpanish = {
    .language = "es",
    .decimal = ",",
    .thousands = ".",
    .months = {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto",
               "septiembre", "octubre", "noviembre", "diciembre"},
    .short_months = {"ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov",
                     "dic"},
    .weekdays = {"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
    .short_weekdays = {"dom", "lun", "mar", "mié", "jue", "vie", "sáb"},
    .first_weekday = kMonday,
    .date_format = "dd/mm/yyyy",
    .date_time_format = "dd/mm/yyyy, hh:mm",
    .words = {.total = "Total",
              .subtotal = "Subtotal",
              .carried_forward = "Suma y sigue",
              .brought_forward = "Suma anterior",
              .continued = "continuación",
              .page_of_pages = "Página {page} de {pages}",
              .columns_of_columns = "Columnas {from}–{to} de {count}",
              .no_data = "Sin datos",
              .generated = "Generado",
              .contents = "Contenido",
              .filters = "Filtros",
              .previous_period = "período anterior",
              .other = "Otros",
              .empty = "(vacío)",
              .yes = "sí",
              .no = "no",
              .sum = "Suma",
              .average = "Promedio",
              .minimum = "Mínimo",
              .maximum = "Máximo",
              .count = "Recuento"},
};

constexpr std::array<const Locale *, 4> kLocales = {&kEnglish, &kGerman, &kFrench, &kSpanish};

bool equals_ignoring_case(std::string_view given, std::string_view lower) {
  return std::equal(given.begin(), given.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

}  // namespace

const Locale &default_locale() { return kEnglish; }

const Locale *find_locale(std::string_view name) {
  const std::string_view language = name.substr(0, name.find_first_of("_-.@"));
  for (const Locale *locale : kLocales) {
    if (equals_ignoring_case(language, locale->language)) return locale;
  }
  return nullptr;
}

}  // namespace pgexport
