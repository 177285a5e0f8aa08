/** Common given names of several languages, in small letters and without accents; none that is an everyday word as well. */
export const GIVEN_NAMES: ReadonlySet<string> = new Set(
  `aaron abdul abigail abdullah abel adam adele adriana adrian agnes ahmed aisha aiko akira alan albert alberto alejandra alejandro alessandra
  alessandro alex alexander alexandra alexis alfred alfredo ali alice alicia alina alison allison alvaro amanda amelia amelie amina amir amy ana
  anastasia anders andre andrea andreas andres andrew angela angelina anita anja ann anna anne annette annie anthony antoine anton antonia antonio
  anya ariana arjun arnold arthur arturo astrid audrey augusto aurelie axel ayesha barbara beatrice beatriz benedikt benjamin bernard bernd bernardo
  beth betty bianca birgit bjorn bogdan bradley brandon brenda brian bridget bruno bryan camila camille carl carla carlos carmen carol carolina
  caroline carolyn catarina catherine cecilia chandra charles charlotte chiara chloe christian christina christine christoph christopher cindy claire
  clara claudia claudio clemens colin connor cristina cynthia daisuke dalia damian daniel daniela daniele danielle dariusz david deborah debra denise
  dennis derek diana diego dieter dimitri dmitri dominik dominique donald donna doris dorothy douglas duarte edith eduardo edward edwin eileen elaine
  eleanor elena eleni elias elif elisa elisabeth elise elizabeth ella ellen emilia emilie emilio emily emma emmanuel enrico enrique eric erica erik
  erika ernesto esteban esther ethan eugene eva evelyn ewa fabian fabio fatima federico felipe felix fernanda fernando filip filipe finn fiona florian
  francesca francesco francis francisco francois frank franziska fred frederic frederick friedrich gabriel gabriela gabriele gareth gary gemma geoffrey
  george georg georgia gerald gerard gerhard gilbert giorgio giovanna giovanni giulia giuseppe gloria gonzalo gordon greta gregory guido guillaume
  guillermo gustav gustavo hana hanna hannah hans harold haruto hassan heather hector heidi heinrich helen helena helene helga henri henrik henrique
  henry herbert hiroshi howard hugo hussein ian ibrahim ignacio igor ines ingrid irene irina isaac isabel isabella isabelle ivan jack jacob jacqueline
  jacques jaime jakob james jamie jan jana janet janice jason javier jean jeffrey jennifer jeremy jerry jesper jessica jesus joan joana joanna joao
  joaquin jochen joel johan johann johanna johannes john johnny jonas jonathan jordi jorge jose josef joseph joshua josip joyce juan juana judith judy julia
  julian juliana julie julien juliette julio jurgen justin kai karen karim karin karl karla karolina katarina kate katharina katherine kathleen kathryn
  katja keith kelly kenneth kenji kevin khalid kim klaus krishna kristen kristina kyle lakshmi larry lars laura lauren laurent lea leila leo leon leonard
  leonardo leonie leonor leticia liam lilian lina linda lisa liu lorena lorenzo louis louise luca lucas lucia luciana lucie lucy ludwig luigi luis luisa
  lukas luke luna lydia maciej madison magdalena maja malik manfred manuel manuela marc marcel marcelo marcin marco marcos marcus margaret margarita
  maria mariam mariana marie marina mario marion marisa marius marjorie markus marta martha martin martina mary mateo mateus mathias mathilde matteo
  matthew matthias maurice mauricio maximilian megan mehmet mei melanie melissa michael michaela michal michel michele michelle miguel mikael mikhail
  milan mohamed mohammad mohammed monica monika mustafa nadia nancy naomi natalia natalie natasha nathan nicholas nicola nicolas nicole niklas nikolai
  nina noah noemi nora norman nuno olga oliver olivia olivier omar oscar oskar otto pablo pamela paola paolo patricia patrick paul paula paulo pavel
  pedro penelope peter petra philip philipp philippe phyllis pierre pietro piotr priya rachel rafael rahul rainer raj ralph ramon raquel raul rebecca
  regina renata rene ricardo riccardo richard robert roberto rodrigo roger roland rolf roman ronald rosa rosemary roxana ruben rudolf russell ruth ryan
  sabine sabrina salvatore samantha samira samuel sandra sanjay santiago sara sarah sascha scott sean sebastian sergei sergio sharon sheila shirley silvia
  simon simone sofia sofie sonia sonja sophia sophie stefan stefania stefanie stella stephan stephanie stephen steve steven stuart sunita susan susana
  susanne suzanne sven svetlana sylvia tamara tania tatiana teresa terry thais theodore theresa theo thiago thierry thomas tiago tim timothy tina
  tobias todd tomas tommaso tony tracy ulrich ursula valentina valeria valerie vanessa vera veronica veronika vicente victor victoria vincent vincenzo
  virginia viktor vladimir walter wei wendy werner wilhelm willem william wolfgang xavier yasmin yolanda yuki yusuf yvonne zoe zeynep`.split(
    /\s+/,
  ),
);
