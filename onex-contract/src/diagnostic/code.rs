//! The kinds of faults, numbered by the stage that finds them, each with a page of its own in `codes/`.

macro_rules! codes {
    ($($variant:ident = $number:literal, $title:literal;)+) => {
        /// Which kind of fault a diagnostic reports. The numbers are stable: a number is never used again.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $title] $variant,)+
        }

        impl Code {
            /// Every code, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as printed: `ONEX0103`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!("ONEX", $number),)+
                }
            }

            /// What all faults with this code have in common.
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$variant => $title,)+
                }
            }

            /// The page of the code, in Markdown: what it means, why it matters, a contract that has the fault, one
            /// that has not, and how to mend it.
            pub fn page(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("../../codes/ONEX", $number, ".md")),)+
                }
            }
        }
    };
}

codes! {
    FileTooLarge = "0001", "The file, with all that it includes, is larger than any contract may be.";
    NotUtf8 = "0002", "The file is not UTF-8.";
    Empty = "0003", "The file has nothing in it.";
    Syntax = "0004", "The file is not YAML.";
    Tab = "0005", "A tab is used for indentation.";
    TooDeep = "0006", "Values are nested too deeply.";
    TooManyValues = "0007", "The file has too many values, aliases counted by what they stand for.";
    UnknownAlias = "0008", "An alias stands for nothing.";
    DuplicateKey = "0009", "A key is given twice in one mapping.";
    SeveralDocuments = "0010", "The file has more than one YAML document.";
    KeyNotString = "0011", "A key is not a string.";
    Directive = "0012", "The file has a YAML directive.";
    Tag = "0013", "A value has a tag that the language does not know.";
    Include = "0014", "A file cannot be included.";
    BadMerge = "0015", "`<<` is given something that is not a mapping.";
    IncludeCycle = "0016", "Files include each other in a circle.";

    WrongType = "0101", "A value has the wrong type.";
    MissingKey = "0102", "A required key is missing.";
    UnknownKey = "0103", "A key is not part of the language.";
    OutOfBounds = "0104", "A number is outside its bounds.";
    UnknownValue = "0105", "A value is none of those that the key can have.";
    NotInThisVersion = "0106", "The language has this, and this version does not execute it.";
    NotForThisKind = "0107", "This kind of node or step cannot have this.";
    Contradiction = "0108", "Two values contradict each other.";
    MisplacedKey = "0109", "A key is given without what it belongs to, or beside what it excludes.";
    BadVersion = "0110", "A text is not a version.";

    BadName = "0201", "A name is not one that can be used here.";
    DuplicateName = "0202", "Two things have the same name.";
    DuplicateEntry = "0203", "A list names the same thing twice.";
    UnknownStep = "0204", "A step that is named does not exist.";
    NotConsumed = "0205", "An event is routed, and nothing brings it to the node.";
    NotPublished = "0206", "An event is emitted that the node does not publish.";
    Unhandled = "0207", "An event is consumed, and nothing handles it.";
    DuplicateRoute = "0208", "Two routes handle the same thing.";
    DuplicateHandler = "0209", "Two routes have the same handler.";
    NameClash = "0210", "Two names are the same name in Rust.";
    NoTopic = "0211", "A route is given nothing: none of the subscribed topics is its own.";
    UnknownTopic = "0212", "A topic that is named is none of those that the node is joined to.";
    SeveralTypes = "0213", "A route takes one type from topics that carry several.";
    UnboundOperations = "0214", "Nothing says which topic brings which operation.";
    TooManyRoutes = "0215", "A node has too many routes or topics.";
    LostResult = "0216", "A compute node's result goes nowhere.";
    NotEmitted = "0217", "An event is published, and nothing emits it.";

    NoSteps = "0301", "A workflow has no steps.";
    TooManySteps = "0302", "A workflow has too many steps.";
    SelfDependency = "0303", "A step depends on itself.";
    Cycle = "0304", "Steps depend on each other in a circle.";
    SeveralEntries = "0306", "Several events start a run, and nothing says which of them belong together.";
    NoSuchEvent = "0307", "A pattern matches no event of the contract.";
    NoCompensation = "0309", "The strategy is `compensate`, and no step can be compensated.";
    IdleCompensation = "0310", "A step has a compensation that never runs.";
    GateWithoutKey = "0311", "A run waits for an event, and nothing says which run the event belongs to.";
    NoSuchIntent = "0312", "A pattern matches no intent of the contract.";
    NotBefore = "0313", "A step looks at another that does not come before it.";
    LoneBranch = "0314", "A branch group has one step.";
    UnreachableBranch = "0315", "A branch never runs.";
    NoCondition = "0316", "The mode is `conditional`, and no step has a condition.";
    StepOfItself = "0317", "A workflow is a step of itself.";

    BadTopic = "0401", "A text is not a topic.";
    TopicKind = "0402", "A topic is of a kind that does not belong here.";
    SharedTopic = "0403", "A topic carries two types of events.";
    SeveralTopics = "0404", "An event travels on two topics.";
    BadIntentType = "0405", "A text is not an intent type.";
    IntentToSelf = "0406", "A node sends intents to itself.";
    MixedKinds = "0407", "A route takes topics of several kinds.";
    WrongCategory = "0408", "A message is said to be of another category than its topic.";
    TerminalEvent = "0409", "The event that ends the work is not published.";

    MisfitKeyword = "0501", "A keyword of a schema is for values of a type that the schema does not allow.";
    NotDescribed = "0502", "A schema requires a key that it does not describe.";
    BadReference = "0503", "A schema refers to a definition that does not exist.";
    EndlessReference = "0504", "Definitions of a schema refer to each other without end.";

    DataType = "0511", "A value has another type than its schema asks for.";
    DataValue = "0512", "A value is none of those that its schema allows.";
    DataFormat = "0513", "A string does not have the form that its schema asks for.";
    DataBounds = "0514", "A value is outside the bounds of its schema.";
    DataTwice = "0515", "A list has an entry twice whose schema asks for unique ones.";
    DataMissing = "0516", "A value has not all the keys that its schema requires.";
    DataUnknownKey = "0517", "A value has a key that its schema does not allow.";
    DataAmbiguous = "0518", "A value fits several schemas, and must fit exactly one.";
    DataNotJson = "0519", "A number is none that JSON has.";
    DataTooMuch = "0520", "A value takes too long to be checked against its schema.";

    OtherDocument = "0531", "A file is of another kind than is asked for.";
    Malformed = "0532", "A string is not what its key takes.";
    UnknownRule = "0533", "A rule that nobody checks.";
    RuleMisfit = "0534", "A rule is about something that the schema does not describe.";
    RuleBroken = "0535", "An example breaks a rule.";
    EventElsewhere = "0536", "A workflow in a file of its own names an event.";
    Disagreement = "0537", "Two facts must agree, and do not.";

    NoStates = "0601", "A state machine has no states.";
    UnknownState = "0602", "A state that is named does not exist.";
    Unreachable = "0603", "Nothing leads to a state.";
    Stuck = "0604", "Nothing leads out of a state that is not terminal.";
    LeavesTerminal = "0605", "A transition leads out of a terminal state.";
    NeverFires = "0606", "A transition never fires, because another always does.";
    BadGuard = "0607", "A text is not a condition.";
    UnknownTransition = "0608", "A transition that is named does not exist.";
    BadPattern = "0609", "A text is not a regular expression.";

    UnknownError = "0701", "An error that is named is none of the contract's.";

    DuplicateNode = "0801", "Two contracts have the same node name.";
    NoProducer = "0802", "A topic is consumed, and no contract of the set produces it.";
    NoConsumer = "0803", "A topic is produced, and no contract of the set consumes it.";
    SharedCommand = "0804", "A topic of commands or intents has two consumers.";
    SharedGroup = "0805", "Two nodes have one consumer group for a topic.";
    SharedIntent = "0806", "An intent is executed by two nodes.";
    UnknownNode = "0807", "A node is named that no contract of the set describes.";
    NotExecuted = "0808", "An intent is sent to a node that does not execute it.";
    NoExecutor = "0809", "An intent is emitted, and no contract of the set executes it.";
    NoSender = "0810", "An intent is executed, and no contract of the set sends it.";
    OtherType = "0811", "Two contracts name different types for one topic.";
    OtherKind = "0812", "A step is to be executed by a node of another kind.";
    UnknownWorkflow = "0813", "A step is a workflow that no contract of the set has.";
    SharedWorkflow = "0814", "A step is a workflow that several contracts have.";
    WorkflowCycle = "0815", "A workflow is in itself, by steps that are workflows.";
    WorkflowsTooDeep = "0816", "Workflows are deeper in a workflow than it allows.";
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn the_numbers_rise() {
        assert!(Code::ALL.is_sorted_by(|one, next| one.as_str() < next.as_str()));
    }
}
