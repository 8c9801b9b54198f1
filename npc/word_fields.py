"""Fields of meaning: by them words that were never seen in training are like others."""

from typing import Final

from npc.text import listed

_FIELDS: Final = {
    "praise": listed(
        """nice good great lovely sweet cute clever smart brave beautiful pretty kind funny wonderful
        amazing adorable brilliant gentle awesome fantastic charming precious special strong wise
        perfect gorgeous delightful magic magical splendid excellent best better favourite favorite
        nicest cutest smartest kindest sweetest bravest cleverest warm soft shiny sparkly helpful
        polite patient generous loyal friendly cool pleasant impressive talented"""
    ),
    "scorn": listed(
        """bad awful terrible horrible horrid nasty mean rude cruel stupid dumb thick dim daft silly
        ugly hideous lazy weak pathetic useless worthless boring dull annoying irritating disgusting
        smelly stinky slimy greedy selfish rotten mouldy crooked cheap lousy ridiculous laughable
        foolish clumsy slow miserable revolting creepy weird idiot fool moron loser brat pest worm
        maggot toad rat pig slug snail leech parasite goblin gremlin troll clown coward weakling
        chicken wimp dunce twit nitwit halfwit muppet git worst uglier dumber stupider brainless
        clueless spineless vain spoilt grumpy squeaky wrinkly nuisance monster freak weirdo menace
        embarrassment failure mistake joke nobody nothing"""
    ),
    "job": listed(
        """teacher nurse doctor plumber baker driver waiter waitress lawyer farmer builder carpenter
        electrician engineer mechanic painter artist actor actress singer dancer musician writer
        journalist poet cook chef barber hairdresser dentist vet scientist student programmer
        accountant cleaner gardener postman policeman soldier sailor pilot fisherman firefighter
        librarian secretary manager boss salesman cashier shopkeeper butcher tailor optician midwife
        pharmacist professor judge priest paramedic architect photographer designer banker clerk
        guard janitor miner welder roofer coach referee trainer therapist job work office factory
        shift"""
    ),
    "family": listed(
        """mum mom mother dad father brother sister brothers sisters parents son daughter kids children
        child baby wife husband girlfriend boyfriend fiance gran grandma grandmother granny nan
        grandad grandpa grandfather uncle aunt auntie cousin nephew niece twins partner ex family
        friend friends mate neighbour roommate flatmate colleague dog cat hamster rabbit goldfish"""
    ),
    "body": listed(
        """head hair face eye eyes ear ears nose mouth tooth teeth tongue chin neck shoulder shoulders
        arm arms elbow hand hands finger fingers thumb chest heart belly stomach tummy back hip hips
        knee knees leg legs ankle foot feet toe toes skin bone bones blood brain voice throat"""
    ),
    "feeling": listed(
        """tired sleepy exhausted hungry thirsty starving cold freezing hot sad happy glad lonely
        scared afraid frightened terrified nervous anxious worried stressed bored angry furious
        upset confused dizzy sick ill hurt hurting sore ashamed embarrassed proud jealous excited
        homesick grumpy drunk dead alive broke shy pregnant"""
    ),
    "food": listed(
        """bread cheese butter milk egg eggs meat chicken fish soup rice pasta pizza burger sandwich
        salad potato tomato onion garlic apple banana orange lemon strawberry grape cake pie biscuit
        cookie chocolate sweets candy sugar honey jam coffee tea beer wine water juice breakfast
        lunch dinner supper snack noodles curry sausage ham bacon pancake pancakes soda vodka
        popcorn"""
    ),
    "machine": listed(
        """ai robot bot chatbot computer machine program programme programmed software code coded
        script scripted algorithm internet server servers cloud data database model gpt app game
        gamer video camera cameras webcam microphone mic recording recorded record filming filmed
        footage screen pixel pixels graphics simulation simulated virtual developer developers
        programmer programmers company version update bug glitch lag lagging headset siri alexa
        google chatgpt artificial intelligence prompt instructions battery batteries charger reset
        reboot password username hologram projection projector player level levels score menu
        settings actor actors real fake human pretend pretending"""
    ),
    "route": listed(
        """way out exit tunnel tunnels path route door gate road left right straight ahead upstairs
        stairs stair ladder bridge passage opening surface outside daylight sunlight home map
        direction directions compass lost leave escape lead guide follow hint clue shortcut fork
        dead end turn climb cross further closer nearer deeper"""
    ),
    "taking": listed(
        """stole steal stolen stealing took taken take taking thief thieves robber robbed rob burglar
        lied lie lies lying liar cheat cheated cheating cheater trick tricked tricks tricking
        promised promise betray betrayed fault blame blamed truth broke broken hid fooled deceived
        nicked swiped pinched snatched grabbed unfair mine back"""
    ),
    "giving": listed(
        """brought bring gift present share sharing keep have give offer help helping protect save
        saved hug cuddle thanks thank sorry apologise apologize forgive promise trust friend friends
        friendship care miss missed glad proud welcome please company together"""
    ),
    "parting": listed(
        """bye goodbye goodnight farewell leaving leave going gone tomorrow later soon tonight bed
        bedtime bus train taxi uber dinner night ciao adios"""
    ),
    "world": listed(
        """weather rain snow sun moon star stars sky planet planets earth sea ocean river mountain
        country capital city president king queen election politics football tennis cricket chess
        film movie song music book news telly television history science maths number numbers animal
        animals dinosaur dinosaurs lion elephant shark whale bear bird birds tree trees flower
        flowers car cars phone money price internet"""
    ),
}
_FIELDS_OF: Final = {
    word: tuple(field for field, words in _FIELDS.items() if word in words)
    for word in frozenset().union(*_FIELDS.values())
}


def fields_of(word: str) -> tuple[str, ...]:
    """Fields of meaning that a plain word belongs to ("praise", "scorn", "job", "feeling", "food" ...)."""
    return _FIELDS_OF.get(word, ())
