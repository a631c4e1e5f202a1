"""Runs Rasa's prediction graph node after node, in place of dask."""

from typing import Any, Dict, List, Optional, Text, Tuple

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage

# One step of a run: the node's name, its component's bound call, and (argument, node it comes from) pairs.
Step = Tuple[Text, GraphNode, Tuple[Tuple[Text, Text], ...]]


class SequentialGraphRunner(GraphRunner):
    """Same results as Rasa's dask runner; the order of the nodes is worked out once per target."""

    def __init__(
        self,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: Optional[List[GraphNodeHook]] = None,
    ) -> None:
        self._schema = graph_schema
        self._nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        self._orders: Dict[Tuple[Text, ...], List[Step]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: Optional[List[GraphNodeHook]] = None,
    ) -> "SequentialGraphRunner":
        return cls(graph_schema, model_storage, execution_context, hooks)

    def component(self, node_name: Text) -> Any:
        """The loaded component of a node, for those who want to know what was trained."""
        return self._nodes[node_name]._component

    def sources(self, node_name: Text) -> List[Text]:
        """The nodes whose results a node takes."""
        return [source for source in self._schema.nodes[node_name].needs.values() if source in self._nodes]

    @property
    def components(self) -> List[Any]:
        """All loaded components."""
        return [node._component for node in self._nodes.values()]

    def run(
        self, inputs: Optional[Dict[Text, Any]] = None, targets: Optional[List[Text]] = None
    ) -> Dict[Text, Any]:
        """Runs all that `targets` need; raises what a component raises, unchanged."""
        wanted = tuple(targets or self._schema.target_names)
        outputs: Dict[Text, Any] = dict(inputs or {})
        for name, node, needs in self._order(wanted):
            if name in outputs:  # the caller has run it already
                continue
            arguments = {argument: outputs[source] for argument, source in needs}
            outputs[name] = node._fn(node._component, **arguments)
        return {target: outputs[target] for target in wanted}

    def _order(self, targets: Tuple[Text, ...]) -> List[Step]:
        if targets not in self._orders:
            steps: List[Step] = []
            placed: set = set()

            def place(name: Text) -> None:
                node = self._schema.nodes.get(name)
                if node is None or name in placed:  # None: an input of the run (message, tracker)
                    return
                placed.add(name)
                for source in node.needs.values():
                    place(source)
                if self._nodes[name]._component is None:
                    raise GraphRunError(f"Node '{name}' is not loaded eagerly: this runner only predicts.")
                steps.append((name, self._nodes[name], tuple(node.needs.items())))

            for target in targets:
                place(target)
            self._orders[targets] = steps
        return self._orders[targets]
