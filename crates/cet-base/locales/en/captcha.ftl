# The captcha's questions in words. Lists are separated by commas; of several ways to ask, each on a line, one is drawn.
captcha-cookie = Your browser did not accept cookies
captcha-cookie-text = The check has to be answered in the browser that it was shown in, which needs cookies. Allow cookies for this site in the settings of your browser, then send the form again.
captcha-comma = ,{ " " }
captcha-numbers = zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen, twenty, twenty-one, twenty-two, twenty-three, twenty-four, twenty-five, twenty-six, twenty-seven, twenty-eight, twenty-nine, thirty
captcha-ordinals = first, second, third, fourth, fifth, sixth, seventh, eighth
captcha-opposites = big small little, hot cold cool, long short, fast slow, young old, high low, wide narrow, heavy light, early late, full empty, open closed shut close, wet dry, strong weak, rich poor, hard soft easy, deep shallow, clean dirty, near far distant, left right, inside outside, above below under beneath, before after, buy sell, win lose, push pull, day night, first last, up down, thick thin, always never, begin end finish stop, question answer, friend enemy, summer winter, happy sad unhappy, love hate, remember forget, awake asleep sleeping, arrive leave depart, same different, black white, safe dangerous unsafe, loud quiet silent, true false untrue
captcha-groups =
    animals: cat, dog, horse, cow, sheep, pig, rabbit, mouse, lion, tiger, bear, wolf, fox, monkey, elephant, camel
    fruits: apple, pear, banana, grape, cherry, lemon, mango, melon, plum, strawberry, pineapple, coconut, apricot, peach, fig, raspberry
    colours: red, blue, green, yellow, purple, black, white, brown, grey, pink
    parts of the body: hand, foot, knee, elbow, nose, ear, mouth, shoulder, finger, thumb, stomach, tongue, tooth, neck, ankle, wrist
    pieces of furniture: chair, table, bed, desk, sofa, wardrobe, bookcase, cupboard, stool, bench, armchair, sideboard
    things to wear: shirt, trousers, skirt, coat, jacket, sock, glove, scarf, hat, sweater, dress, belt, apron, pyjamas
    vehicles: car, bus, train, bicycle, lorry, ship, aeroplane, tram, taxi, ferry, helicopter, motorcycle, tractor, van
    musical instruments: piano, violin, guitar, flute, drum, trumpet, harp, cello, accordion, clarinet, saxophone, harmonica, xylophone
    jobs: teacher, nurse, farmer, baker, driver, doctor, lawyer, soldier, painter, waiter, pilot, plumber, judge, tailor, barber
    kinds of weather: rain, snow, wind, fog, storm, thunder, lightning, hail, frost, sunshine, drizzle, breeze
    tools: hammer, saw, spade, axe, drill, screwdriver, pliers, chisel, rake, spanner, shovel, wrench
    vegetables: carrot, onion, cabbage, potato, spinach, leek, radish, celery, garlic, lettuce, broccoli, turnip
    relatives: mother, father, sister, brother, uncle, aunt, cousin, grandmother, grandfather, daughter, son, nephew, niece
    buildings: school, hospital, church, castle, factory, library, museum, prison, barn, theatre, hotel, temple
    things to eat or drink with: plate, cup, bowl, spoon, fork, saucer, teapot, chopsticks, jug, mug, ladle
    pieces of stationery: pencil, ruler, eraser, notebook, pen, envelope, crayon, chalk, postcard, diary, stapler
    things made of flour: bread, noodles, cake, biscuit, dumpling, pancake, sandwich, pie, pasta, waffle, bun
    drinks: tea, coffee, milk, juice, beer, wine, lemonade, cocoa, cider, champagne
    sports: football, basketball, tennis, swimming, badminton, volleyball, fencing, boxing, rowing, skiing, gymnastics, wrestling
    countries: China, France, Japan, Egypt, Brazil, Canada, India, Italy, Spain, Mexico, Kenya, Russia, Germany, Thailand
    parts of a landscape: river, mountain, lake, desert, island, forest, valley, waterfall, beach, hill, glacier, meadow
    flowers: tulip, lily, daisy, sunflower, orchid, daffodil, peony, lotus, poppy, carnation, jasmine, chrysanthemum
captcha-ask-both =
    { $words }: two of these words are { $group }. Write both.
    Which two of these words are { $group }? { $words }.
    Look for the { $group } among { $words }, and write the two that you find.
    Leave out whatever does not belong to the { $group }. Which two words are left? { $words }.
captcha-ask-pair =
    { $words }: write the one of the { $first }, then the one of the { $second }.
    Among { $words } is one of the { $first }, and one of the { $second }. Write them in this order.
    Which word belongs to the { $first }, and which to the { $second }? Write both in this order: { $words }.
    First the one that belongs to the { $first }, then the one that belongs to the { $second }: { $words }.
captcha-ask-odd =
    { $words }: all but two of these words go together. Write the two that do not.
    Most of these words are of one kind, and two are not. Which two? { $words }.
    Write the two odd ones out: { $words }.
captcha-ask-opposite =
    What is the opposite of “{ $word }”?
    Write a word that means the contrary of “{ $word }”.
    Not { $word }, but just the other way round: what is the word?
captcha-ask-sum =
    What is { $a } plus { $b }?
    People on a bus: { $a }. Then { $b } more get on. How many people are on it now?
    Li Ming is { $a } years old. How old will he be in { $b } years?
captcha-ask-rest =
    What is { $a } minus { $b }?
    There were { $a } dumplings on a plate, and { $b } were eaten. How many are left?
    A book has { $a } pages, and { $b } of them have been read. How many have not?
captcha-ask-places =
    Write the { $n } and the { $m } word of: { $words }.
    { $words }: which word stands { $n }, and which stands { $m }?
captcha-ask-order =
    Write the smallest and then the greatest of these numbers: { $words }.
    { $words }: which number is the smallest, and which is the greatest? Write both in this order.
