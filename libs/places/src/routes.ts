/** One named route: id, name, the countries it runs through (alpha-3), other names in use. */
export type RouteRow = readonly [id: string, name: string, countries: string, otherNames?: readonly string[]];

/**
 * Named routes of mixed-movement monitoring, with the countries in which persons on them are counted: those of departure
 * and arrival at sea or at a border, and those in between. The first eight carry the names under which detections at the
 * external borders of the European Union are published; other names are those of the Missing Migrants Project.
 */
export const ROUTES: readonly RouteRow[] = [
  ['black-sea-route', 'Black Sea Route', 'BGR ROU TUR'],
  ['central-mediterranean-route', 'Central Mediterranean Route', 'DZA EGY ITA LBY MLT TUN'],
  ['albania-greece-circular-route', 'Circular Route from Albania to Greece', 'ALB GRC'],
  ['eastern-borders-route', 'Eastern Borders Route', 'BLR EST FIN HUN LTU LVA MDA NOR POL ROU RUS SVK UKR'],
  ['eastern-mediterranean-route', 'Eastern Mediterranean Route', 'BGR CYP GRC LBN SYR TUR'],
  ['western-african-route', 'Western African Route', 'ESH ESP GIN GMB GNB MAR MRT SEN', ['Western African Atlantic Route', 'Atlantic Route']],
  ['western-balkan-route', 'Western Balkan Route', 'ALB BGR BIH GRC HRV HUN MKD MNE ROU SRB XKX'],
  ['western-mediterranean-route', 'Western Mediterranean Route', 'DZA ESP MAR'],
  ['english-channel-route', 'English Channel Route', 'BEL FRA GBR NLD'],
  ['horn-of-africa-eastern-route', 'Eastern Route from the Horn of Africa', 'DJI ERI ETH SAU SOM YEM', ['EHOA Eastern Route']],
  ['horn-of-africa-northern-route', 'Northern Route from the Horn of Africa', 'EGY ERI ETH LBY SDN SSD', ['EHOA Northern Route']],
  ['horn-of-africa-southern-route', 'Southern Route from the Horn of Africa', 'ETH KEN MOZ MWI SOM TZA ZAF ZMB ZWE', ['EHOA Southern Route']],
  ['horn-of-africa-route', 'Routes within the Horn of Africa', 'DJI ERI ETH KEN SOM SSD UGA', ['EHOA Horn of Africa Route']],
  ['sahara-route', 'Routes across the Sahara', 'DZA LBY MLI MRT NER SDN TCD'],
  ['central-american-route', 'Central American Route', 'BLZ CRI GTM HND MEX NIC PAN SLV USA'],
  ['darien-route', 'Darien Route', 'COL PAN', ['Darién', 'Darien Gap']],
  ['caribbean-route', 'Caribbean Route', 'BHS CUB DOM HTI JAM PRI TCA USA'],
  ['south-american-route', 'South American Route', 'ARG BOL BRA CHL COL ECU PER VEN'],
  ['southwest-asian-route', 'Route from Afghanistan to Türkiye', 'AFG IRN PAK TUR'],
  ['andaman-sea-route', 'Bay of Bengal and Andaman Sea Route', 'BGD IDN IND MMR MYS THA', ['Andaman Sea']],
];
